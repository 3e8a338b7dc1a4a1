/** Answers questions on a processor of its own. */
import { parentPort } from 'node:worker_threads'
import { cells } from './cells.ts'
import { type Question, ratesOf } from './rates.ts'

parentPort!.on('message', (question: Question) => {
  const cell = cells.find(({ name }) => name === question.cell)
  if (!cell) throw new RangeError(`There is no cell \`${question.cell}\``)
  parentPort!.postMessage(ratesOf(cell, question))
})
