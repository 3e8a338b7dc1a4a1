/** How often runs of a cell end with a status. */
import { seededRandom } from '../../harness/stats/random.ts'
import type { Cell } from './cells.ts'
import { type Course, play, roundsIn } from './trial.ts'

/** Seconds of a run. */
export const SECONDS = [30, 60, 120]

export interface Question extends Omit<Course, 'horizons'> {
  /** Name of the cell. */
  cell: string
  /** Change of the first gate's metric, as a fraction; the others do not change. */
  change: number
  status: string
  trials: number
  roundSeconds?: number
}

/** Share of runs with that status, for each of the times; the same for the same question. */
export function ratesOf({ draw }: Pick<Cell, 'draw'>, question: Question): number[] {
  const { change, status, trials, roundSeconds, ...course } = question
  const random = seededRandom(1)
  const shift = Math.log1p(change)
  const horizons = SECONDS.map(seconds => roundsIn(seconds, roundSeconds))
  const hits = SECONDS.map(() => 0)
  const round = () =>
    draw(random, course.gates).map((ratio, gate) =>
      ratio === null ? null : ratio + (gate === 0 ? shift : 0),
    )
  for (let trial = 0; trial < trials; trial++) {
    play(round, { ...course, horizons }).forEach(({ verdict }, time) => {
      if (verdict.status === status) hits[time]!++
    })
  }
  return hits.map(count => count / trials)
}
