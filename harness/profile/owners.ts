/** Whose code the calls of a tree are. */
import type { CallTree } from './call-tree.ts'
import type { Frame } from './frame.ts'
import { categoryOf, packageName } from './paths.ts'

/** The parts that are not packages. A package is called by its name. */
export const APPLICATION = 'application'
export const NODE = 'Node'
export const V8 = 'V8'

/**
 * The owner of each node. Node's own functions, native or not, work for the code that called them, so they belong to the
 * nearest caller that can be edited. Without one, nobody but Node can be asked about their cost.
 */
export function ownersOf({ frames, frame, parent }: Pick<CallTree, 'frames' | 'frame' | 'parent'>): string[] {
  const own = frames.map(ownerOf)
  const owners: string[] = []
  // A parent's index is smaller than its child's.
  for (let node = 0; node < frame.length; node++)
    owners.push(own[frame[node]!] ?? owners[parent[node]!] ?? NODE)
  return owners
}

/** `undefined` for a function whose owner is its caller's. */
function ownerOf({ name, file, line }: Frame): string | undefined {
  switch (categoryOf(name, file, line)) {
    case 'application':
      return APPLICATION
    case 'dependency':
      return packageName(file)
    case 'v8':
      return V8
    case 'node':
      return undefined
  }
}

/** Whether a person can change the function: it is the application's or a package's. */
export const isEditable = ({ name, file, line }: Frame): boolean => {
  const category = categoryOf(name, file, line)
  return category === 'application' || category === 'dependency'
}
