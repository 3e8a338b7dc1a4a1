/** V8's sampling heap profiler: allocated bytes by stack, including those that were collected since. */
import { readHeapProfile } from '../formats/index.ts'
import type { AgentCollector } from '../model/capabilities.ts'
import { sum } from '../stats/describe.ts'

/**
 * Bytes between two samples, on average: about a thousand samples of a service that allocates 40 MB in its slices.
 * Such dense sampling costs several per cent of the time, but these slices measure no time and bytes do not depend on it.
 */
const INTERVAL = 32 * 1024

const allocation: AgentCollector = {
  name: 'allocation',
  scope: 'agent',
  // To read its samples, V8 collects all garbage, optimised code too. A collector after it would pay for that.
  order: 45,
  share: 0.5,
  sums: ['sampled'],
  async start(agent) {
    await agent.post('HeapProfiler.enable')
    await agent.post('HeapProfiler.startSampling', {
      samplingInterval: INTERVAL,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
  },
  async stop(agent) {
    const { profile: raw } = await agent.post('HeapProfiler.stopSampling')
    await agent.post('HeapProfiler.disable')
    const profile = readHeapProfile(raw, { type: 'alloc_space', period: INTERVAL })
    return { profile, figures: { askedInterval: INTERVAL, sampled: sum(profile.samples.values[0]!) } }
  },
}

export default allocation
