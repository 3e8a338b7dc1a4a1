/**
 * What requests wait for: the time of a sample of requests, taken apart from the inside, as a profile. Stacks are the
 * logical ones, with the callers that wait for a call, and end with what is waited for.
 */
import type { AgentCollector } from '../model/capabilities.ts'
import type { FollowedRequests } from '../model/waits.ts'
import { sum } from '../stats/describe.ts'
import { waitProfile } from '../waits/profile.ts'
import { timesOf } from '../waits/times.ts'

/** Share of the requests that are followed. */
const SHARE = 0.2

const waits: AgentCollector = {
  name: 'waits',
  scope: 'agent',
  order: 20,
  onRequest: 'unless waiting',
  mayFail: true,
  sums: ['seen', 'followed', 'cut', 'typical', 'slow', 'waited'],
  async start(agent) {
    await agent.waits(SHARE)
  },
  /**
   * Numbers of requests: `seen`, `followed`, followed in part only (`cut`), and in
   * the classes `typical` and `slow`; in ms the sum of all requests' times (`waited`). Of the thread pool: `threads`, and the
   * share of their time that they were busy with tasks of each kind (`pool.crypto`, …).
   */
  async stop(agent, requests, { needs }) {
    const seen = await agent.waits(0)
    const followed = timesOf(seen, requests)
    return {
      profile: waitProfile(followed, seen, needs),
      figures: {
        seen: seen.seen,
        followed: followed.length,
        cut: seen.requests.filter(({ cut }) => cut).length,
        typical: followed.filter(({ isTypical }) => isTypical).length,
        slow: followed.filter(({ isSlow }) => isSlow).length,
        threads: seen.pool.threads,
        ...poolShares(seen.pool),
        waited: sum(requests.to.map((end, at) => end - requests.from[at]!)) / 1e3,
      },
    }
  },
}

function poolShares({ busy, threads, time }: FollowedRequests['pool']): Record<string, number> {
  const share = (milliseconds: number) => (time > 0 ? milliseconds / (threads * time) : 0)
  return Object.fromEntries(Object.entries(busy).map(([kind, length]) => [`pool.${kind}`, share(length)]))
}

export default waits
