/** V8's sampling CPU profiler through the agent's inspector session. */
import type { AgentLink } from '../model/capabilities.ts'

/** Microseconds between two samples. */
export const INTERVAL = 1_000

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
