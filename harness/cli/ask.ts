/** Questions on a terminal. */
import { createInterface } from 'node:readline/promises'
import type { Host } from './host.ts'

export type Ask = (question: string, usual: string) => Promise<string>

/**
 * Runs the work with a way to ask questions. When nobody can answer, every answer is the default.
 *
 * @param silent ask nothing, even on a terminal
 */
export async function asking<T>(host: Host, silent: boolean, work: (ask: Ask) => Promise<T>): Promise<T> {
  const { stdin, stderr } = host
  if (silent || !stdin?.isTTY) return await work(async (_, usual) => usual)
  const terminal = createInterface({ input: stdin })
  const lines = terminal[Symbol.asyncIterator]()
  try {
    return await work(async (question, usual) => {
      stderr.write(`${question} [${usual}] `)
      const { value } = await lines.next()
      return value?.trim() || usual
    })
  } finally {
    terminal.close()
  }
}
