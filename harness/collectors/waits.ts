/**
 * What requests wait for: the time of a sample of requests, taken apart from the inside, as a profile. Stacks are the
 * logical ones, with the callers that wait for a call, and end with what is waited for.
 */
import type { AgentCollector } from '../model/capabilities.ts'
import { sum } from '../stats/describe.ts'
import { waitProfile } from '../waits/profile.ts'
import { timesOf } from '../waits/times.ts'

/** Share of the requests that are followed. */
const SHARE = 0.2

const waits: AgentCollector = {
  name: 'waits',
  scope: 'agent',
  order: 20,
  onRequest: true,
  sums: ['seen', 'followed', 'cut', 'typical', 'slow', 'waited'],
  async start(agent) {
    await agent.waits(SHARE)
  },
  /**
   * Numbers of requests: `seen`, `followed`, followed in part only (`cut`), and in
   * the classes `typical` and `slow`; in ms the sum of all requests' times (`waited`).
   */
  async stop(agent, requests) {
    const seen = await agent.waits(0)
    const followed = timesOf(seen, requests)
    return {
      profile: waitProfile(followed, seen),
      figures: {
        seen: seen.seen,
        followed: followed.length,
        cut: seen.requests.filter(({ cut }) => cut).length,
        typical: followed.filter(({ isTypical }) => isTypical).length,
        slow: followed.filter(({ isSlow }) => isSlow).length,
        waited: sum(requests.to.map((end, at) => end - requests.from[at]!)) / 1e3,
      },
    }
  },
}

export default waits
