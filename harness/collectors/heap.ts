/**
 * What is alive after a forced collection, after every one of several batches of equally many requests, and which
 * functions allocated what the batches left behind. The first is counted, the second a lower bound: in code that V8
 * has optimised fully its sampler loses sight of most of what survives (4 to 11 % was found of a known leak in warm
 * code, Node 26), so functions are leads and the sum is the evidence.
 */

import { readHeapProfile } from '../formats/index.ts'
import type { AgentCollector, AgentLink } from '../model/capabilities.ts'
import type { Profile } from '../model/profile.ts'
import { mergeProfiles, ProfileBuilder } from '../profile/index.ts'

/** Bytes between two samples, on average: little stays alive, so more of it has to be seen. */
const INTERVAL = 16 * 1024

const TYPE = 'inuse_space'

/** Of what was allocated while nobody sampled, and of what the sampler has missed. */
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
  /** `live` and `sampled` in bytes, of which the second is the part that has a stack. */
  async stop(agent) {
    const live = await liveBytes(agent)
    const { profile: raw } = await agent.post('HeapProfiler.stopSampling')
    await agent.post('HeapProfiler.disable')
    const profile = readHeapProfile(raw, { type: TYPE, period: INTERVAL })
    const sampled = total(profile)
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

const total = ({ samples }: Profile): number => samples.values[0]!.reduce((sum, size) => sum + size, 0)

/** With it the stacks add up to what is alive. */
function withoutStack(bytes: number): Profile {
  const builder = new ProfileBuilder([{ type: TYPE, unit: 'bytes' }])
  builder.sample(builder.stack(-1, builder.location(builder.function(NO_STACK))), [bytes])
  return builder.build({ period: INTERVAL })
}

export default heap
