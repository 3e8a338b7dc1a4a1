/** Findings that the harness makes while it measures. */
import { basename, relative } from 'node:path'
import { finding } from '../../findings/index.ts'
import type { FindingCode } from '../../model/catalogue.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import type { PlannedVariant } from '../../model/plan.ts'
import { plainPath } from '../../profile/index.ts'
import { counted } from '../../words/numbers.ts'
import { firstNames } from '../../words/text.ts'
import { isRunning, type Lease, survivors } from '../both/lease.ts'
import type { Measured, Unmapped } from '../both/messages.ts'
import type { Served } from './service.ts'

/** Bytes of output in one round. Printing more takes a good part of the time. */
const CHATTY = 10 * 2 ** 20
/** Files and connections left open by the timed slices of one launch. They slow down every later request. */
const LEAK = 50

/** What a reader should know about launches that were measured. */
export function misbehaviour(
  round: number,
  services: Served[],
  { launches, scripts }: Pick<Measured, 'launches' | 'scripts'>,
): Finding[] {
  return services.flatMap(({ variant, printed }, i) => {
    const { versions, descriptors: [before, after] = [0, 0] } = launches[i]!
    const name = `Variant \`${variant.id}\``
    const found: Finding[] = []
    const note = (code: FindingCode, message: string) => found.push(finding(code, message))
    if (printed > CHATTY)
      note('chatty-target', `${name} printed ${Math.round(printed / 2 ** 20)} MiB in round ${round}.`)
    if (variant.url !== undefined) note('already-running', ALREADY_RUNNING)
    else if (Object.keys(versions).length === 0)
      note(
        isNode(variant) ? 'no-agent' : 'not-node',
        `No agent was loaded into variant \`${variant.id}\`: there are no profiles, heap or event-loop figures.`,
      )
    if (after - before >= LEAK)
      note(
        'descriptors-grow',
        `${name} had ${before} files and connections open when round ${round} was timed, and ${after} at its end.`,
      )
    for (const { collector, reason } of scripts[i]!.failed)
      note(
        'collector-failed',
        `The collector \`${collector}\` has no result of ${name} in round ${round}: ${reason}`,
      )
    const own = scripts[i]!.unmapped.filter(({ url }) => !url.includes('/node_modules/'))
    for (const { asOnDisk, because, files } of groupsOf(own, variant.directory)) {
      const shown = asOnDisk ? 'with the lines of the compiled file' : 'without lines'
      note('no-source-map', `Functions of ${firstNames(files, 3)} are shown ${shown}: ${REASONS[because]}`)
    }
    return found
  })
}

const ALREADY_RUNNING =
  'The services already ran, so every round measured the same processes: independent launches were not available. The intervals leave out what differs from one launch to the next, and there are no profiles.'

const REASONS: Record<Unmapped['because'], string> = {
  'no map': 'V8 runs a text that differs from the file, and has no source map for it.',
  'damaged map': 'the source map is damaged.',
  'missing map': 'the file that should have the source map cannot be read.',
  'other sources': 'a source that its source map names is missing, or has changed since it was compiled.',
}

/** Files with the same reason, relative to the folder. */
const groupsOf = (scripts: Unmapped[], folder: string) =>
  [...Map.groupBy(scripts, ({ asOnDisk, because }) => `${asOnDisk} ${because}`).values()].map(group => ({
    ...group[0]!,
    files: group.map(({ url }) => relative(folder, plainPath(url))).toSorted(),
  }))

const isNode = ({ command }: PlannedVariant): boolean => /^node(\.exe)?$/.test(basename(command[0] ?? ''))

export const unkillable = (round: number, pids: number[]): Finding =>
  finding('process-left', `After round ${round} these processes could not be ended: ${pids.join(', ')}.`)

export const needLeft = (name: string, pids: number[]): Finding =>
  finding('process-left', `These processes of the need \`${name}\` could not be ended: ${pids.join(', ')}.`)

export const roundLost = (round: number, error: Error): Finding =>
  finding('round-lost', `Round ${round} was lost: ${describe(error)}`)

export const runFailed = (error: unknown): Finding =>
  finding('run-failed', `The run broke off: ${describe(error)}`)

/** The message, with the most telling line of the target's last output: its last error, or else its last line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const lines = error instanceof MeasureError ? (error.details?.trimEnd().split('\n') ?? []) : []
  const line = lines.findLast(text => ERROR.test(text)) ?? lines.at(-1)
  return line ? `${error.message} (last output: ${line.trim().slice(0, 200)})` : error.message
}

/** The message of an uncaught error: Node prints a stack and its version after it. */
const ERROR = /^\s*(Uncaught )?\w*(Error|Exception)\b.*:/

export const resumed = (rounds: number): Finding =>
  finding('resumed', `The run was cut off after ${counted(rounds, 'round')} and continued later.`)

/** Other runs on this machine, and the processes that crashed ones have left. */
export const otherRuns = (leases: Lease[]): Finding[] =>
  leases.flatMap(lease => {
    const { scenario, harness, waiting } = lease
    if (isRunning(lease)) {
      const disturbing = `Another run is measuring on this machine (scenario \`${scenario}\`, process ${harness.pid}): each disturbs the other's measurement.`
      return waiting ? [] : [finding('other-run', disturbing)]
    }
    const left = survivors(lease).join(', ')
    const behind = `A run of \`${scenario}\` that was cut off has left processes behind: ${left}.`
    return left === '' ? [] : [finding('left-behind', behind)]
  })
