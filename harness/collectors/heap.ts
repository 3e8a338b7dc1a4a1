/**
 * The bytes that survive a forced collection after each of several batches with the same number of requests, and the
 * functions that allocated them. The bytes are counted, so their sum is the evidence. The functions are only leads: in
 * fully optimised code, V8's sampler misses most of what survives (it found 4 to 11 % of a known leak in warm code, Node 26).
 */
import { readHeapProfile } from '../formats/index.ts'
import type { AgentCollector, AgentLink } from '../model/capabilities.ts'
import type { Profile } from '../model/profile.ts'
import { mergeProfiles, ProfileBuilder } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'

/** Bytes between two samples, on average. Dense, because little survives. */
const INTERVAL = 16 * 1024

const TYPE = 'inuse_space'

/** What was allocated before sampling began, and what the sampler missed. */
const NO_STACK = '(no stack known)'

const heap: AgentCollector = {
  name: 'heap',
  scope: 'agent',
  order: 50,
  onRequest: true,
  batches: 10,
  sums: ['live', 'sampled'],
  async start(agent) {
    await agent.post('HeapProfiler.enable')
    await agent.post('HeapProfiler.collectGarbage')
    await agent.post('HeapProfiler.startSampling', { samplingInterval: INTERVAL })
  },
  between: async agent => ({ heapUsed: await liveBytes(agent) }),
  /** `live` bytes, and the part of them that has a stack (`sampled`). */
  async stop(agent) {
    const live = await liveBytes(agent)
    const { profile: raw } = await agent.post('HeapProfiler.stopSampling')
    await agent.post('HeapProfiler.disable')
    const profile = readHeapProfile(raw, { type: TYPE, period: INTERVAL })
    const sampled = sum(profile.samples.values[0]!)
    return {
      profile: mergeProfiles([profile, withoutStack(Math.max(0, live - sampled))]),
      figures: { askedInterval: INTERVAL, live, sampled },
    }
  },
}

async function liveBytes(agent: AgentLink): Promise<number> {
  await agent.post('HeapProfiler.collectGarbage')
  const { usedSize } = await agent.post('Runtime.getHeapUsage')
  return Number(usedSize)
}

/** Makes the stacks add up to everything that is alive. */
function withoutStack(bytes: number): Profile {
  const builder = new ProfileBuilder([{ type: TYPE, unit: 'bytes' }])
  builder.sample(builder.stack(-1, builder.location(builder.function(NO_STACK))), [bytes])
  return builder.build({ period: INTERVAL })
}

export default heap
