/** What is done with a `Profile`, whatever file it came from: building, merging, call trees. */
export { ProfileBuilder } from './build.ts'
export { buildCallTree, type CallTree, type Frame, functionTable, totals } from './call-tree.ts'
export { mergeProfiles } from './merge.ts'
export { labelMoments, lastMoment, MOMENT, splitByMoment } from './moments.ts'
export { categoryOf, commonRoot, plainPath, shownPath } from './paths.ts'
export { pruneTree } from './prune.ts'
