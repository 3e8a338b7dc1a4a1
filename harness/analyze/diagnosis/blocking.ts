/** In which system calls the main thread was found blocked. */
import type { Sample } from '../../model/evidence.ts'
import { buildCallTree } from '../../profile/index.ts'
import type { Decode } from '../profiles.ts'

const IDLE = /^(?:epoll_|do_epoll|ep_poll|poll|ppoll)/

/** Shares of the time that was looked at, largest first; `storage` where it could not be woken. None where nobody looked. */
export function blockingCalls(samples: Sample[], decode: Decode): { call: string; share: number }[] {
  const profiles = samples.flatMap(({ collected }) => decode(collected.states) ?? [])
  const tree = buildCallTree(profiles)
  const nameOf = (node: number) => tree.frames[tree.frame[node]!]!.name
  const times = new Map<string, number>()
  let whole = 0
  for (let node = 0; node < tree.parent.length; node++) {
    const time = tree.self.reduce((sum, column) => sum + column[node]!, 0)
    whole += time
    const [state = '', call = ''] = pathOf(tree.parent, node).map(nameOf)
    if (state === '[waits for storage]') times.set('storage', (times.get('storage') ?? 0) + time)
    else if (state === '[sleeps]' && call !== '' && !IDLE.test(call))
      times.set(call, (times.get(call) ?? 0) + time)
  }
  return [...times]
    .map(([call, time]) => ({ call, share: whole > 0 ? time / whole : 0 }))
    .toSorted((a, b) => b.share - a.share)
}

/** Nodes from the outermost one to this. */
function pathOf(parent: Int32Array, node: number): number[] {
  const path = []
  for (let at = node; at !== -1; at = parent[at]!) path.unshift(at)
  return path
}
