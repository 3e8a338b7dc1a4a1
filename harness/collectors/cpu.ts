/** V8's sampling CPU profiler, through the agent's inspector session. */
import { readCpuProfile } from '../formats/index.ts'
import type { AgentCollector } from '../model/capabilities.ts'
import { INTERVAL, startSampling, stopSampling } from './sampling.ts'

const cpu: AgentCollector = {
  name: 'cpu',
  scope: 'agent',
  order: 10,
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

/** Milliseconds that starting took, which the target spent too. */
const startPauses = new WeakMap<object, number>()

export default cpu
