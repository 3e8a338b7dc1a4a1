/** Reports and errors → exit codes, and what is said about them. */
import { MeasureError, UsageError } from '../model/errors.ts'
import type { GateVerdict, Problem, Report } from '../model/report.ts'
import { counted } from '../words/numbers.ts'
import { visible } from '../words/text.ts'
import { type Host, wantsColour } from './host.ts'

export const FINE = 0
export const REGRESSED = 1
export const USAGE = 2
export const NOT_MEASURED = 3
export const INTERRUPTED = 130

/** The exit code of several scenarios is that of the gravest; the codes are in that order. */
export const gravest = (codes: number[]) => Math.max(FINE, ...codes)

/** Only gates of level `error` count; a quick run has none. */
export function exitCode(report: Report, strict: boolean): number {
  const { run, verdict } = report
  if (run.ending === 'interrupted') return INTERRUPTED
  if (run.ending === 'failed') return NOT_MEASURED
  const gates = deciding(report)
  const statuses = gates.map(({ status }) => status)
  if (statuses.includes('regressed') || statuses.includes('not reached')) return REGRESSED
  // A gate that cannot be judged must not pass by accident.
  if (statuses.includes('not comparable') || verdict.unusable !== undefined) return NOT_MEASURED
  return strict && gates.some(isOpen) ? REGRESSED : FINE
}

/** The warning for a pass with undecided gates, and for a failure that only `--strict` causes. */
export function reservation(report: Report, strict: boolean): string {
  const gates = deciding(report)
  const open = gates.filter(isOpen).length
  if (open === 0 || exitCode(report, false) !== FINE) return ''
  const undecided = `${open} of ${counted(gates.length, 'gate')} could not be decided`
  return strict
    ? `warning: ${undecided}, and --strict makes that a failure.\n`
    : `warning: ${undecided}. The run still passes; with --strict it fails.\n`
}

function deciding({ run, verdict }: Report): GateVerdict[] {
  if (run.plan.quick) return []
  return verdict.gates.filter(({ gate, accepted }) => gate.level === 'error' && !accepted)
}

/** A gate guards against a regression: whether there is an improvement may stay open. */
const isOpen = ({ status, noWorse }: GateVerdict): boolean => status === 'inconclusive' && !noWorse

/** Prints the problem on stderr; returns the exit code. */
export function tellProblem(error: unknown, host: Host): number {
  host.stderr.write(problem(error, wantsColour(host, host.stderr)))
  return error instanceof UsageError ? USAGE : NOT_MEASURED
}

/** An error as a person reads it: what happened, where, the evidence, and what to do next. */
export function problem(error: unknown, colour: boolean): string {
  const mark = colour ? '\u001b[31m✖\u001b[0m' : '✖'
  const { message, place, details, advice } = isKnown(error) ? error : unforeseen(error)
  const lines = [
    `${mark} ${inLines(message, '  ')}`,
    ...(place ? [`  in ${visible(place)}`] : []),
    ...(details ? ['', `    ${inLines(details, '    ')}`, ''] : []),
    ...(advice ? [`  → ${inLines(advice, '    ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** A problem as data, for reports on several scenarios. */
export function problemOf(error: unknown): Problem {
  if (!isKnown(error))
    return { message: `Flamegate itself failed: ${error instanceof Error ? error.message : String(error)}` }
  const { message, place, advice, details } = error
  return { message, place, advice, details }
}

const isKnown = (error: unknown) => error instanceof UsageError || error instanceof MeasureError

const unforeseen = (error: unknown): Problem => ({
  message: 'Flamegate itself failed.',
  details: error instanceof Error ? (error.stack ?? error.message) : String(error),
  advice: 'This is a bug: please report it with the lines above.',
})

/** The output of a target can contain anything; control characters other than line breaks are made visible. */
function inLines(text: string, indent: string): string {
  return text.trimEnd().replaceAll('\t', '    ').split(/\r?\n/).map(visible).join(`\n${indent}`)
}
