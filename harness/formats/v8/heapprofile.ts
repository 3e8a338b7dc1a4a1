import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder, ProfileError } from '../../profile/index.ts'
import { isObject } from '../json.ts'
import { FrameReader, isRoot } from './call-frames.ts'
import { nestedTree } from './tree.ts'

const WHAT = 'Heap profile of V8'

/**
 * Reads what `HeapProfiler.stopSampling` returns (`profile`), or a `.heapprofile`: bytes by stack, as V8 estimates them.
 * `period` (bytes) is the interval that was asked for, which the file lacks. `type` names the value, such as `alloc_space`.
 */
export function readHeapProfile(raw: unknown, { type = 'space', period = 0 } = {}): Profile {
  if (!isObject(raw)) throw new ProfileError(`${WHAT}: not an object.`)
  const tree = nestedTree(raw.head, WHAT)
  const builder = new ProfileBuilder([{ type, unit: 'bytes' }])
  const frames = new FrameReader(builder)
  const stack = new Int32Array(tree.nodes.length).fill(-1)
  tree.nodes.forEach((node, at) => {
    const { selfSize } = node
    if (typeof selfSize !== 'number' || !Number.isFinite(selfSize) || selfSize < 0)
      throw new ProfileError(`${WHAT}: a node has no size ("selfSize" is ${String(selfSize)}).`)
    const above = tree.parent[at]!
    if (above !== -1 || !isRoot(node))
      stack[at] = builder.stack(above === -1 ? -1 : stack[above]!, builder.location(frames.function(node)))
    if (selfSize > 0) builder.sample(stack[at]!, [selfSize])
  })
  return builder.build({ period })
}
