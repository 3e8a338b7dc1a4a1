/** Work on a `Profile`, whatever file it came from: building, merging, call trees. */
export { ProfileBuilder } from './builder.ts'
export {
  buildCallTree,
  type CallTree,
  type FoldedTree,
  functionTable,
  pruneTree,
  TreeBuilder,
  totals,
} from './call-tree.ts'
export { ProfileError } from './error.ts'
export { type Frame, framesOf, named, position } from './frame.ts'
export { type LineTable, lineTable } from './lines.ts'
export { aggregate, mergeProfiles } from './merge.ts'
export { labelMoments, lastMoment, MOMENT, splitByMoment } from './moments.ts'
export { isEditable, NODE, type Owner, ownerOf, type PackageOf, packageFinder } from './owners.ts'
export { PairIndex } from './pair-index.ts'
export {
  baseName,
  categoryOf,
  commonRoot,
  hashOf,
  KERNEL_FILE,
  packageFolder,
  packageName,
  packagePath,
  plainPath,
  shownPath,
} from './paths.ts'
export { windowComment, windowOf } from './window.ts'
