/** The capacity of every launch of a round: trial after trial, each at a rate of its own. */

import type { LaunchRecord } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import { columns } from './launch.ts'
import { type Pace, steady } from './pace.ts'
import type { Rows } from './rows.ts'
import { Search } from './search.ts'
import { Tally } from './tally.ts'

interface Setting {
  plan: Plan
  pace: Pace
  /** Names. */
  steps: string[]
  /** What the starts of slices are relative to, as `performance.now()`. */
  origin: number
}

/** In turn; nothing that was sent at different rates is compared, so no slice is timed. */
export async function seek(
  rows: Rows,
  { plan, pace, steps, origin }: Setting,
): Promise<Pick<LaunchRecord, 'timed' | 'latency' | 'capacity' | 'memory'>[]> {
  const { percentile, limit } = plan.capacity!
  const searches = rows.launches.map(() => new Search(pace.learnt.capacity ?? 0, percentile, limit))
  while (searches.some(({ next }) => next !== undefined)) {
    let times = 0
    await rows.inTurn('capacity', async (launch, i) => {
      const search = searches[i]!
      const rate = search.next
      if (rate === undefined) return
      const order = pace.paced(steady(rate, plan.timing.slice), rows.first)
      const tally = new Tally(steps)
      search.judge(await launch.slice(order, origin, 'counters', tally), tally)
      times = Math.max(times, order.times)
    })
    rows.first += times
  }
  return Promise.all(
    rows.launches.map(async (launch, i) => ({
      timed: columns([]),
      latency: [],
      capacity: searches[i]!.result(),
      memory: await launch.memory(),
    })),
  )
}
