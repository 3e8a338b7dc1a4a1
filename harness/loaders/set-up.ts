/** The setup of a script, which must not fail. */
import type { Sink } from '../model/capabilities.ts'

/** @param send sends it on each connection @throws Error with the first failure */
export async function setUp(send: (sink: Sink) => Promise<unknown>): Promise<void> {
  const problems: string[] = []
  const failed: Sink['failed'] = (_step, _kind, reason, sample) => {
    problems.push(sample ? `${reason} (${sample})` : reason)
  }
  await send({ latency() {}, failed })
  if (problems.length > 0) throw new Error(`the setup of a connection failed: ${problems[0]}`)
}
