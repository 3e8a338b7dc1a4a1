/** Two profiles side by side: which function of one is which of the other. */
export { type UnionTree, uniteTrees } from './union.ts'
