/**
 * How long a change of the median latency takes to show when load comes from several machines: a formula, held against a
 * simulation. The model and its figures are in `docs/scale/design.md`.
 */
import { mean, standardDeviation } from '../../harness/stats/describe.ts'
import { normal, type Random, seededRandom } from '../../harness/stats/random.ts'
import { duration } from '../../harness/words/numbers.ts'
import { atLeast, type Context, type Target } from '../experiment.ts'
import { printTable, tableOf } from '../print.ts'

/** Standard deviations of log-ratios. */
const NOISE = {
  /** One request's latency about its median. */
  request: 0.5,
  /** What happens to the service during a slice, which all workers see. */
  service: 0.02,
  /** What happens to one worker and its network during a slice. */
  worker: 0.03,
}

/** Seconds of a slice. Two slices, one of each side, make a pair. */
const SLICE = 0.25

const CHANGE = Math.log(1.02)
/** Chance of finding it, at a level of 5 % on two sides: their normal quantiles. */
const POWER = 0.9
const QUANTILES = 1.96 + 1.2816

const RATES = [1_000, 100_000]
const WORKERS = [1, 4, 16, 64]

/** What the simulation may find less than the formula says. */
const SLACK = 0.04

interface Setting {
  rate: number
  workers: number
}

/** Variance of a pair's log-ratio. The median of n values scatters 1.25 times as much as their mean. */
const varianceOf = ({ rate, workers }: Setting): number =>
  NOISE.service ** 2 + NOISE.worker ** 2 / workers + (2 * (1.25 * NOISE.request) ** 2) / (rate * SLICE)

/** With few pairs, Student's t asks for some more. */
const pairsFor = (setting: Setting): number => Math.ceil((QUANTILES / CHANGE) ** 2 * varianceOf(setting)) + 2

export function* precision({ quick }: Context): Generator<Target> {
  const random = seededRandom(11)
  const times = quick ? 500 : 4_000
  const settings = RATES.flatMap(rate => WORKERS.map(workers => ({ rate, workers })))
  const rows = settings.map(setting => {
    const pairs = pairsFor(setting)
    const found = Array.from({ length: times }, () => isFound(setting, pairs, random))
    return { ...setting, pairs, found: found.filter(Boolean).length / times }
  })
  printTable(
    tableOf('What +2 % of the median takes', rows, {
      'requests/s': ({ rate }) => String(rate),
      workers: ({ workers }) => String(workers),
      pairs: ({ pairs }) => String(pairs),
      time: ({ pairs }) => duration(pairs * 2 * SLICE * 1_000),
      found: ({ found }) => `${(100 * found).toFixed(0)} %`,
    }),
  )
  const least = Math.min(...rows.map(({ found }) => found))
  yield atLeast('found in the simulation', least, POWER - SLACK, x => `${(100 * x).toFixed(1)} %`)
}

/** Whether the mean of so many pairs differs from nothing by more than two standard errors. */
function isFound({ rate, workers }: Setting, pairs: number, random: Random): boolean {
  const ratios = Array.from({ length: pairs }, () => {
    const own = Array.from({ length: workers }, () => NOISE.worker * normal(random))
    const sampling = (2 ** 0.5 * 1.25 * NOISE.request) / (rate * SLICE) ** 0.5
    return CHANGE + NOISE.service * normal(random) + mean(own) + sampling * normal(random)
  })
  return mean(ratios) / (standardDeviation(ratios) / pairs ** 0.5) > 1.96 + 2.4 / pairs
}
