/** One worker for each processor; each takes the next question when it has answered one. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Question } from './rates.ts'

const SCRIPT = new URL('./worker.ts', import.meta.url)

export class Workers {
  readonly #all = Array.from({ length: availableParallelism() }, () => new Worker(SCRIPT))
  readonly #idle = [...this.#all]
  readonly #waiting: ((worker: Worker) => void)[] = []

  /** @returns the rates of `ratesOf`; rejects with the error that it threw */
  async ask(question: Question): Promise<number[]> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>(resolve => this.#waiting.push(resolve)))
    worker.postMessage(question)
    const [rates] = await once(worker, 'message')
    const next = this.#waiting.shift()
    if (next) next(worker)
    else this.#idle.push(worker)
    return rates
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(worker => worker.terminate()))
  }
}
