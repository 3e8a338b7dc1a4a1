/** One worker for each processor; questions wait in a queue. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Question } from './rates.ts'

interface Waiting {
  question: Question
  resolve(rates: number[]): void
  reject(error: unknown): void
}

const SCRIPT = new URL('./worker.ts', import.meta.url)

export class Workers {
  readonly #queue: Waiting[] = []
  readonly #all = Array.from({ length: availableParallelism() }, () => new Worker(SCRIPT))
  readonly #idle = [...this.#all]

  /** @returns the rates of `ratesOf`; rejects with the error that it threw */
  ask(question: Question): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ question, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(worker => worker.terminate()))
  }

  #next(): void {
    const worker = this.#idle.at(-1)
    const waiting = worker && this.#queue.shift()
    if (!waiting) return
    this.#idle.pop()
    const done = (rates: number[]) => {
      worker.off('error', waiting.reject)
      this.#idle.push(worker)
      waiting.resolve(rates)
      this.#next()
    }
    worker.once('message', done)
    worker.once('error', waiting.reject)
    worker.postMessage(waiting.question)
  }
}
