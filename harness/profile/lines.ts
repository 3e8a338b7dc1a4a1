/** What each line of a function costs by itself, wherever the function is called from. */
import type { Profile } from '../model/profile.ts'
import type { FoldedTree } from './call-tree.ts'
import { PairIndex } from './pair-index.ts'

/** One entry for each line of a function. */
export interface LineTable {
  /** Index into the tree's `frames`. */
  frame: Uint32Array
  /** From 1; 0 for samples without a known line. */
  line: Uint32Array
  /** `self[p][i]`: of entry i in profile p. The entries of a function add up to its self value. */
  self: Float64Array[]
}

/** @param profiles those that the tree was built from, or some of them */
export function lineTable({ frame, nodes }: FoldedTree, profiles: readonly Profile[]): LineTable {
  const entries = new PairIndex()
  const columns = profiles.map(({ locations, stacks, samples }) => {
    const column = samples.values.at(-1)!
    const own = nodes.get(stacks)!
    const self: number[] = []
    for (let sample = 0; sample < column.length; sample++) {
      const stack = samples.stack[sample]!
      const node = stack === -1 ? -1 : own[stack]!
      if (node < 0) continue
      const entry = entries.add(frame[node]!, locations.line[stacks.location[stack]!]!)
      self[entry] = (self[entry] ?? 0) + column[sample]!
    }
    return self
  })
  const { first, second } = entries.columns()
  return {
    frame: new Uint32Array(first),
    line: new Uint32Array(second),
    self: columns.map(self => Float64Array.from({ length: entries.size }, (_, at) => self[at] ?? 0)),
  }
}
