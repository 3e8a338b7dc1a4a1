/** How often runs of a cell end with a status; answered in as many threads as there are processors. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { seededRandom } from '../../harness/stats/random.ts'
import { type Cell, cells } from './cells.ts'
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

/** @returns the rates of `ratesOf` for each question; rejects with the error that it threw */
export async function ask(questions: Question[]): Promise<number[][]> {
  const answers: number[][] = []
  const open = questions.entries()
  const answerAll = async () => {
    const worker = new Worker(new URL(import.meta.url))
    try {
      for (const [at, question] of open) {
        worker.postMessage(question)
        const [rates] = await once(worker, 'message')
        answers[at] = rates
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, answerAll))
  return answers
}

/** Share of runs with that status, for each of the times. The same question has the same answer. */
function ratesOf({ draw }: Pick<Cell, 'draw'>, question: Question): number[] {
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

if (!isMainThread)
  parentPort!.on('message', (question: Question) => {
    const cell = cells.find(({ name }) => name === question.cell)
    if (!cell) throw new RangeError(`There is no cell \`${question.cell}\`.`)
    parentPort!.postMessage(ratesOf(cell, question))
  })
