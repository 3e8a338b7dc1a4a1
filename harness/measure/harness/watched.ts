/** A process whose last output and end are kept. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { lastWords } from '../../words/text.ts'

/** Characters of output to keep for messages. */
const OUTPUT_KEPT = 8_000

export interface Ending {
  code: number | null
  signal: string | null
}

export const endingOf = ({ code, signal }: Ending): string => `ended (${signal ?? `code ${code}`})`

export class Watched {
  readonly #child: ChildProcess
  /** Bytes of output so far. */
  printed = 0
  ending: Ending | undefined
  /** Resolves when it ends, also when it could not be started. */
  readonly ended: Promise<Ending>
  #output = ''
  #closed = false

  constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.printed += text.length
        this.#output = lastOf(this.#output + text.toString())
      })
    }
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    child.once('exit', (code, signal) => {
      this.ending = { code, signal }
      resolve(this.ending)
    })
    child.once('close', () => {
      this.#closed = true
    })
    child.once('error', error => {
      this.#output += error.message
      this.ending ??= { code: null, signal: null }
      resolve(this.ending)
    })
  }

  /**
   * How it ended, if it ends within the time (ms). Its connections can close before its exit is noticed, and the exit can be
   * noticed before its last words are read.
   */
  async endingWithin(timeout: number): Promise<Ending | undefined> {
    if (!this.#closed)
      await once(this.#child, 'close', { signal: AbortSignal.timeout(timeout) }).catch(() => {})
    return this.ending
  }

  /** Its last lines of output, for a message. */
  get lastWords(): string {
    const lines = lastWords(this.#output, 15).join('\n')
    return lines ? `Its last lines of output:\n${lines}` : 'It printed nothing.'
  }
}

/** The end of a text, in whole lines where there are several. Half of a secret would not be recognised. */
function lastOf(text: string): string {
  if (text.length <= OUTPUT_KEPT) return text
  const end = text.slice(-OUTPUT_KEPT)
  return end.slice(end.indexOf('\n') + 1)
}
