/**
 * What requests wait for: the time of a sample of requests, taken apart from the inside, as a profile. Stacks are the
 * logical ones, with the callers that wait for a call, and end with what is waited for.
 */
import type { AgentCollector } from '../model/capabilities.ts'
import type { FollowedRequests } from '../model/waits.ts'
import { sum } from '../stats/describe.ts'
import { waitProfile } from '../waits/profile.ts'
import { timesOf } from '../waits/times.ts'

/** Requests that are followed in a second. Each takes about a millisecond of the service's processor. */
const PER_SECOND = 25
/** The first of them, as a share and at most, are left out: the code that follows them was not compiled yet. */
const COLD = { share: 0.2, most: 10 }

const waits: AgentCollector = {
  name: 'waits',
  scope: 'agent',
  order: 20,
  onRequest: 'unless waiting',
  mayFail: true,
  rehearses: 300,
  sums: ['seen', 'followed', 'cut', 'typical', 'slow', 'waited'],
  async start(agent) {
    await agent.waits(PER_SECOND)
  },
  /**
   * Numbers of requests: `seen`, `followed`, followed in part only (`cut`), and in
   * the classes `typical` and `slow`; in ms the sum of all requests' times (`waited`). Of the thread pool: `poolThreads`, and the
   * share of their time that they were busy with tasks of each kind (`pool.crypto`, …).
   */
  async stop(agent, requests, { needs }) {
    const all = await agent.waits(0)
    const seen = { ...all, requests: all.requests.slice(coldCount(all)) }
    const followed = timesOf(seen, requests)
    return {
      profile: waitProfile(followed, seen, needs),
      figures: {
        seen: seen.seen,
        followed: followed.length,
        cut: seen.requests.filter(({ cut }) => cut).length,
        typical: followed.filter(({ isTypical }) => isTypical).length,
        slow: followed.filter(({ isSlow }) => isSlow).length,
        poolThreads: seen.pool.threads,
        ...poolShares(seen.pool),
        waited: sum(requests.to.map((end, at) => end - requests.from[at]!)) / 1e3,
      },
    }
  },
}

const coldCount = ({ requests }: FollowedRequests): number =>
  Math.min(COLD.most, Math.floor(requests.length * COLD.share))

function poolShares({ busy, threads, time }: FollowedRequests['pool']): Record<string, number> {
  const share = (milliseconds: number) => (time > 0 ? milliseconds / (threads * time) : 0)
  return Object.fromEntries(Object.entries(busy).map(([kind, length]) => [`pool.${kind}`, share(length)]))
}

export default waits
