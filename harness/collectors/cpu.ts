/** V8's sampling CPU profiler, through the agent's inspector session. */
import type { Collector } from '../model/capabilities.ts'
import { readCpuProfile } from '../pprof/index.ts'

/** Microseconds between two samples. */
const INTERVAL = 1_000

const cpu: Collector = {
  name: 'cpu',
  order: 10,
  sums: ['samples', 'negativeDeltas', 'missingDeltas', 'lostGaps', 'lostTime'],
  async start(agent) {
    await agent.post('Profiler.enable')
    await agent.post('Profiler.setSamplingInterval', { interval: INTERVAL })
    const before = performance.now()
    await agent.post('Profiler.start')
    startPauses.set(agent, performance.now() - before)
  },
  async stop(agent) {
    const before = performance.now()
    const { profile: raw } = await agent.post('Profiler.stop')
    const stopPause = performance.now() - before
    await agent.post('Profiler.disable')
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
        stopPause,
      },
    }
  },
}

/** Milliseconds that starting took, which the target spent too. */
const startPauses = new WeakMap<object, number>()

export default cpu
