/** Every pause for garbage collection, with its kind, its duration and the heap before and after. */
import type { AgentCollector } from '../model/capabilities.ts'

const gc: AgentCollector = {
  name: 'gc',
  scope: 'agent',
  order: 40,
  onRequest: true,
  sums: ['count'],
  async start(agent) {
    await agent.pauses(true)
  },
  /** `count`, and `longest` in ns. */
  async stop(agent) {
    const pauses = await agent.pauses(false)
    return {
      pauses,
      figures: { count: pauses.kind.length, longest: Math.max(0, ...pauses.duration) },
    }
  },
}

export default gc
