/** The capacity of every launch of a round: trial after trial, each at a rate of its own. */
import type { LaunchRecord } from '../../../model/launch.ts'
import type { Context } from '../context.ts'
import { columns } from '../launch.ts'
import { steady } from '../load/pace.ts'
import { LoadResults } from '../load/results.ts'
import { CapacitySearch } from './search.ts'

/** No slice counts as timed, because slices that were sent at different rates cannot be compared. */
export async function measureCapacity({
  plan,
  pace,
  turns,
  tools,
  origin,
}: Context): Promise<Pick<LaunchRecord, 'timed' | 'histograms' | 'capacity' | 'memory'>[]> {
  const { percentile, limit } = plan.capacity!
  const searches = turns.launches.map(() => new CapacitySearch(pace.learnt.capacity ?? 0, percentile, limit))
  while (searches.some(({ next }) => next !== undefined)) {
    let times = 0
    await turns.each('capacity', async (launch, i) => {
      const search = searches[i]!
      const rate = search.next
      if (rate === undefined) return
      const order = pace.paced(steady(rate, plan.timing.slice), turns.first)
      const results = new LoadResults(tools.script.steps)
      search.judge(await launch.slice(order, origin, 'counters', results), results)
      times = Math.max(times, order.times)
    })
    turns.first += times
  }
  return Promise.all(
    turns.launches.map(async (launch, i) => ({
      timed: columns([]),
      histograms: { latency: [] },
      capacity: searches[i]!.result(),
      memory: await launch.memory(),
    })),
  )
}
