/** A burst of requests before a collector begins, so that V8 has compiled again what its start has thrown away. */
import type { Sink } from '../../../model/capabilities.ts'
import { within } from '../../both/time-limit.ts'
import type { Context } from '../context.ts'
import { LONGEST_BURST } from '../deadlines.ts'
import type { Launch } from '../launch.ts'

const UNSEEN: Sink = { latency() {}, failed() {} }

/**
 * Sends about so many requests in a closed loop, as the warm-up does, whatever the pace of the load. A burst that fails costs nothing: if
 * the service is gone, the next slice says so.
 */
export async function sendBurst(context: Context, { booted }: Launch, requests: number): Promise<void> {
  const { plan, tools, pace, first, limits } = context
  const most = Math.min(requests, (pace.learnt.capacity ?? 0) * LONGEST_BURST)
  const times = Math.floor(most / (plan.load.connections * tools.script.length))
  if (times < 1) return
  const session = await context.connect(tools.warmer, booted)
  try {
    await within(limits.slice, 'the burst was not over', session.slice({ first, times }, UNSEEN))
  } catch {
    // Nothing is measured here.
  } finally {
    await session.close()
  }
}
