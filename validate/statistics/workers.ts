/** Answers questions in as many threads as there are processors. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { cells } from './cells.ts'
import { type Question, ratesOf } from './rates.ts'

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

if (!isMainThread)
  parentPort!.on('message', (question: Question) => {
    const cell = cells.find(({ name }) => name === question.cell)
    if (!cell) throw new RangeError(`There is no cell \`${question.cell}\`.`)
    parentPort!.postMessage(ratesOf(cell, question))
  })
