/** Ten thousand triggers in a second, good and bad. */
import { HEADER, makeToken } from '../../harness/probe/token.cjs'
import { median } from '../../harness/stats/describe.ts'
import { value } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { atMost } from '../experiment.ts'
import { Service } from './service.ts'

const SECRET = 'only for this experiment'
const TRIGGERS = 10_000
const AT_ONCE = 64

const text = (ms: number) => value(ms, 'ms')

/** Only the first one is good. */
function tokens(): string[] {
  const good = () => makeToken({ secret: SECRET, path: '/' })
  const replayed = good()
  const kinds = [
    () => makeToken({ secret: 'guessed', path: '/' }),
    () => makeToken({ secret: SECRET, path: '/other' }),
    () => makeToken({ secret: SECRET, path: '/', at: Date.now() - 3_600_000 }),
    () => replayed,
    () => good().slice(0, 40),
    () => 'A'.repeat(4_000),
    good,
  ]
  return [replayed, ...Array.from({ length: TRIGGERS - 1 }, (_, at) => kinds[at % kinds.length]!())]
}

export async function* flood({ signal }: Context): AsyncGenerator<Target> {
  const service = await new Service({ secret: SECRET, limits: { capture: '30s' } }).started()
  try {
    for (let warm = 0; warm < 500; warm++) await service.get('/')
    const all = tokens()
    const statuses = new Map<number, number>()
    const times: number[] = []
    const beside: number[] = []
    let next = 0
    const ask = async () => {
      while (next < all.length && !signal.aborted) {
        const { status, time } = await service.get('/', { [HEADER]: all[next++]! })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        times.push(time)
      }
    }
    const began = performance.now()
    const asking = Promise.all(Array.from({ length: AT_ONCE }, ask))
    while (next < all.length && !signal.aborted) beside.push((await service.get('/')).time)
    await asking
    const took = performance.now() - began
    const told = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')
    yield {
      name: `${all.length} triggers: captures`,
      value: `${statuses.get(202) ?? 0} (${told})`,
      bound: '1',
      met: statuses.get(202) === 1,
    }
    // Requests wait for each other here, so the time of one is the time of all through their number.
    yield atMost('a trigger takes', took / all.length, 1, text)
    yield { name: 'p50 of other requests meanwhile', value: text(median(beside)), met: true }
  } finally {
    await service.end()
    service.remove()
  }
}
