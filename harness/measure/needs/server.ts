/** One running need: its process, where it is reached, and what is said when it fails. */
import type { ChildProcess } from 'node:child_process'
import { MeasureError } from '../../model/errors.ts'
import type { PlannedNeed } from '../../model/needs.ts'
import { filled, type Places } from '../../scenario/needs.ts'
import type { Container } from '../both/containers.ts'
import { endingOf, Watched } from '../harness/watched.ts'
import type { Guarded } from './guard.ts'

/** Milliseconds in which the last output of a process that has ended arrives. */
const OUTPUT_TIMEOUT = 500

/** A need that is not started by us has no process. */
export interface Server {
  need: PlannedNeed
  /** The only variant that it is for, if it is not for all. */
  variant?: string
  places: Places
  process?: Guarded<WatchedServer>
  /** Its first process on this machine, if it is known. */
  pid?: number
  /** Folder of its data. */
  folder?: string
  container?: Container
}

export class WatchedServer extends Watched {
  /** Whether it has printed the line that says that it is ready. */
  sawLine = false

  constructor(child: ChildProcess, line: RegExp | undefined) {
    super(child)
    for (const stream of line ? [child.stdout, child.stderr] : []) {
      let open = ''
      stream?.on('data', (text: Buffer) => {
        if (this.sawLine) return
        const lines = (open + text.toString()).split('\n')
        this.sawLine = lines.some(text => line!.test(text))
        open = lines.at(-1)!.slice(-LONGEST_LINE)
      })
    }
  }
}

const LONGEST_LINE = 10_000

/** The variables that a server hands to the service. */
export const variablesOf = ({ need, places }: Server): Record<string, string> =>
  Object.fromEntries(Object.entries(need.variables).map(([name, text]) => [name, filled(text, places)]))

/** Whether it has ended, though nobody has asked it to. */
export const hasEnded = ({ process }: Server): boolean => process?.watched.ending !== undefined

/** An error about a need, with what it printed. */
export function needFailure(
  { need, process }: Pick<Server, 'need' | 'process'>,
  message: string,
  advice: string,
): MeasureError {
  return new MeasureError(`The need \`${need.name}\` ${message}`, {
    place: need.image ?? need.command?.join(' ') ?? need.server ?? need.url,
    advice,
    details: process?.watched.lastWords,
  })
}

/** An error about a need that has ended, when nobody asked it to. */
export async function endedFailure(server: Server, when: string): Promise<MeasureError> {
  const ending = await server.process!.watched.endingWithin(OUTPUT_TIMEOUT)
  return needFailure(
    server,
    `${endingOf(ending ?? { code: null, signal: null })} ${when}.`,
    server.need.image === undefined
      ? 'Start the command by hand and see why it ends. It must stay in the foreground.'
      : 'Start the image by hand and see why it ends.',
  )
}
