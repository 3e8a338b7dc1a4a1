/** What each connection sends once before anything is measured: it has to succeed. */
import type { LoadSession, Sink } from '../model/capabilities.ts'

/** The session once it has begun; closed again when it cannot. */
export async function begun<T extends LoadSession>(session: T, begin: () => Promise<void>): Promise<T> {
  try {
    await begin()
  } catch (error) {
    await session.close()
    throw error
  }
  return session
}

/** @throws Error with the first thing that went wrong */
export async function duringSetup(run: (sink: Sink) => Promise<unknown>): Promise<void> {
  const problems: string[] = []
  await run({
    latency() {},
    failed(_step, _kind, reason, sample) {
      problems.push(sample ? `${reason} (${sample})` : reason)
    },
  })
  if (problems.length > 0) throw new Error(`the setup of a connection failed: ${problems[0]}`)
}
