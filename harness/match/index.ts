/** Two profiles side by side: which function of one is which of the other. */
export type { MatchKind } from './matching.ts'
export { type FrameMatch, type UnionTree, uniteTrees } from './union.ts'
