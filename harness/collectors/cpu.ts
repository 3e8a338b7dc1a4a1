/** V8's sampling CPU profiler, through the agent's inspector session. */
import { readCpuProfile } from '../formats/index.ts'
import type { AgentCollector, AgentLink } from '../model/capabilities.ts'

/** Microseconds between two samples. */
const INTERVAL = 1_000

const cpu: AgentCollector = {
  name: 'cpu',
  scope: 'agent',
  order: 10,
  disturbs: true,
  // With 200 samples, two functions of a third each differ by 8 % by chance, so this needs the most time.
  share: 1.5,
  sums: ['samples', 'negativeDeltas', 'missingDeltas', 'lostGaps', 'lostTime'],
  async start(agent) {
    startPauses.set(agent, await startSampling(agent))
  },
  async stop(agent) {
    const { raw, pause } = await stopSampling(agent)
    const { profile, repairs } = readCpuProfile(raw)
    const samples = profile.samples.stack.length
    return {
      profile,
      figures: {
        askedInterval: INTERVAL,
        deliveredInterval: samples === 0 ? 0 : (profile.duration * 1000) / samples,
        samples,
        negativeDeltas: repairs.negative,
        missingDeltas: repairs.missing,
        lostGaps: repairs.lost,
        lostTime: repairs.lostTime,
        startPause: startPauses.get(agent) ?? 0,
        stopPause: pause,
      },
    }
  },
}

/** @returns milliseconds that starting took, which the target spent too */
export async function startSampling(agent: AgentLink): Promise<number> {
  await agent.post('Profiler.enable')
  await agent.post('Profiler.setSamplingInterval', { interval: INTERVAL })
  const before = performance.now()
  await agent.post('Profiler.start')
  return performance.now() - before
}

/** The profile as V8 gives it, and the milliseconds that stopping took. */
export async function stopSampling(agent: AgentLink): Promise<{ raw: unknown; pause: number }> {
  const before = performance.now()
  const { profile: raw } = await agent.post('Profiler.stop')
  const pause = performance.now() - before
  await agent.post('Profiler.disable')
  return { raw, pause }
}

/** By agent: milliseconds that starting took. */
const startPauses = new WeakMap<object, number>()

export default cpu
