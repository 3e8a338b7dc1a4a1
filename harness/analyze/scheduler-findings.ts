/** Findings about threads that stop too often, and about what could not be seen of requests and threads. */
import type { Detectors } from '../findings/index.ts'
import type { ColumnName } from '../model/columns.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import { overall, sumOf } from '../stats/columns.ts'
import { mean, sum } from '../stats/describe.ts'
import { digits, share } from '../words/numbers.ts'
import { listed } from './samples.ts'

/** Switches per request that make a storm. A request that waits for ten things needs about as many. */
const STORM = 50
/** Share of the time in which the main thread is found blocked, not idle. A service that waits for many answers stops as often. */
const BLOCKED = 0.05
/** Forced switches per request that make one, if threads also wait for this share of the time that they run. */
const FORCED = 20
const WAITING = 0.3

/** Shares of frames without a name, and of requests that were followed in part, that are worth a finding. */
const UNNAMED = 0.1
const CUT = 0.05

export const SCHEDULER_DETECTORS: Detectors<[evidence: Evidence]> = {
  'switch-storm': evidence => {
    const storms = listed(evidence, (samples, label) => {
      const storm = stormIn(samples)
      return storm && `${label}: ${storm}`
    })
    return storms && `Threads stop and go on again very often. ${storms}.`
  },
  'unnamed-frames': ({ samples }) => {
    const seen = ['off-cpu', 'system'].flatMap(collector => {
      const share = meanOf(samples, ({ collected }) => collected[collector]?.figures.unknown)
      return share > UNNAMED ? [{ collector, share }] : []
    })
    if (seen.length === 0) return null
    return `Frames without a name: ${seen.map(it => `${share(it.share)} of ${it.collector}`).join(', ')}.`
  },
  'followed-in-part': ({ samples }) => {
    const figures = samples.flatMap(({ collected: { waits } }) => (waits ? [waits.figures] : []))
    const cut = sum(figures.map(it => it.cut ?? 0)) / Math.max(1, sum(figures.map(it => it.followed ?? 0)))
    if (cut <= CUT) return null
    return `${share(cut)} of the requests that were followed did too much to be followed back to their beginning.`
  },
}

function stormIn(samples: Sample[]): string | null {
  const perRequest = (column: ColumnName) => meanOf(samples, sample => overall(sample, column))
  const [main, pool, all] = [
    perRequest('mainVoluntarySwitches'),
    perRequest('poolVoluntarySwitches'),
    perRequest('allForcedSwitches'),
  ]
  const blocked = meanOf(samples, ({ collected }) => collected.states?.figures.blocked)
  if (main >= STORM && blocked >= BLOCKED)
    return `the main thread stops ${digits(main)} times per request to wait for another thread or a synchronous call`
  if (pool >= STORM)
    return `the thread pool stops ${digits(pool)} times per request: so many small tasks (files, DNS lookups, crypto, compression)`
  const waited = sumOf(samples, 'runDelay') / Math.max(1, sumOf(samples, 'cpu'))
  if (all >= FORCED && waited >= WAITING)
    return `its threads are interrupted ${digits(all)} times per request and wait ${share(waited)} as long as they run: there are too few processors for them`
  return null
}

/** 0 where none has it. */
function meanOf(samples: Sample[], value: (sample: Sample) => number | null | undefined): number {
  const found = samples.flatMap(sample => value(sample) ?? [])
  return found.length > 0 ? mean(found) : 0
}
