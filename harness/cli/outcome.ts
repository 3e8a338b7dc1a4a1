/** Report → exit code, and the warning that goes with it. */
import type { GateVerdict, Report } from '../model/report.ts'
import { counted } from '../words/numbers.ts'
import { INTERRUPTED } from './interrupt.ts'
import { NOT_MEASURED } from './problem.ts'

export const FINE = 0
export const REGRESSED = 1

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

/** The exit code of several scenarios is that of the gravest; the codes are in that order. */
export const gravest = (codes: number[]) => Math.max(FINE, ...codes)
