/** How late the event loop turns: Node's own histogram of its delay, at a resolution of one millisecond. */
import type { Collector } from '../model/capabilities.ts'

const eventLoop: Collector = {
  name: 'event-loop',
  share: 0.5,
  order: 30,
  // A look at delays can start no stall, and a profile of what runs in stalls makes none.
  along: 'stalls',
  async start(agent) {
    await agent.loopDelay('on')
  },
  async between(agent) {
    const { max } = await agent.loopDelay('latest')
    return max === undefined ? {} : { loopDelay: max }
  },
  /** Percentiles in ns: `p50`, `p90`, `p99`, `max`. */
  async stop(agent) {
    return { figures: await agent.loopDelay('off') }
  },
}

export default eventLoop
