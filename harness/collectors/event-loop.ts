/** How late the event loop turns: Node's own histogram of its delay, with a resolution of one millisecond. */
import type { AgentCollector } from '../model/capabilities.ts'

const eventLoop: AgentCollector = {
  name: 'event-loop',
  scope: 'agent',
  share: 0.5,
  order: 30,
  // Watching delays causes no stalls, and profiling stalls causes no delays.
  along: 'stalls',
  async start(agent) {
    await agent.loopDelay('on')
  },
  async between(agent): Promise<Record<string, number>> {
    const { max } = await agent.loopDelay('latest')
    return max === undefined ? {} : { loopDelay: max }
  },
  /** Percentiles in ns: `p50`, `p90`, `p99`, `max`. */
  async stop(agent) {
    return { figures: await agent.loopDelay('off') }
  },
}

export default eventLoop
