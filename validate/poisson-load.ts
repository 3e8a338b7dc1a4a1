/** Load as production has it: requests that come when they want to, without waiting for each other. */
import open from '../harness/loaders/open.ts'
import { get } from '../harness/scenario/write.ts'
import { compileScript } from '../harness/script/index.ts'

const CONNECTIONS = 2

export interface PoissonLoad {
  path: string
  /** Requests per second. */
  rate: number
  /** Milliseconds. */
  duration: number
  /** Two services with the same one get their requests at the same moments, which makes the second one's more expensive. */
  seed: number
}

/** Resolves when the last request has been answered. */
export async function poissonLoad(url: string, { path, rate, duration, seed }: PoissonLoad): Promise<void> {
  const script = compileScript({ steps: [get(path)], connections: CONNECTIONS }, {}, seed)
  const session = await open.open({
    url,
    script,
    load: { connections: CONNECTIONS, pipelining: 1, arrivals: 'poisson' },
    seed,
    timeout: 10_000,
  })
  // Twice as many as a process of this rate has on average.
  const times = Math.ceil((rate * duration * 2) / 1_000 / CONNECTIONS)
  const phases = [{ from: rate, to: rate, duration }]
  try {
    await session.slice({ first: 0, times, phases }, { latency() {}, failed() {} })
  } finally {
    await session.close()
  }
}
