/** A burst of requests before a collector begins, so that V8 has compiled again what its start has thrown away. */
import type { Sink } from '../../../model/capabilities.ts'
import type { Context } from '../context.ts'
import type { Launch } from '../launch.ts'

/** Longest burst, in seconds. */
const LONGEST = 1

const UNSEEN: Sink = { latency() {}, failed() {} }

/** Sends about so many requests in a closed loop, as the warm-up does, whatever the pace of the load. */
export async function sendBurst(context: Context, { booted }: Launch, requests: number): Promise<void> {
  const { plan, tools, pace, first } = context
  const most = Math.min(requests, (pace.learnt.capacity ?? 0) * LONGEST)
  const times = Math.floor(most / (plan.load.connections * tools.script.length))
  if (times < 1) return
  const session = await context.connect(tools.warmer, booted)
  try {
    await session.slice({ first, times }, UNSEEN)
  } finally {
    await session.close()
  }
}
