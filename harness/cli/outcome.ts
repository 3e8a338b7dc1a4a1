/** Report → exit code, and the warning that goes with it. */
import type { Report, Status } from '../model/report.ts'
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
  const statuses = deciding(report)
  if (statuses.includes('regressed')) return REGRESSED
  // A gate that cannot be judged must not pass by accident.
  if (statuses.includes('not comparable') || verdict.unusable !== undefined) return NOT_MEASURED
  return strict && statuses.includes('inconclusive') ? REGRESSED : FINE
}

/** The warning for a pass with undecided gates, and for a failure that only `--strict` causes. */
export function reservation(report: Report, strict: boolean): string {
  const statuses = deciding(report)
  const open = statuses.filter(status => status === 'inconclusive').length
  if (open === 0 || exitCode(report, false) !== FINE) return ''
  const undecided = `${open} of ${counted(statuses.length, 'gate')} could not be decided`
  return strict
    ? `warning: ${undecided}, and --strict makes that a failure.\n`
    : `warning: ${undecided}. The run still passes; with --strict it fails.\n`
}

function deciding({ run, verdict }: Report): Status[] {
  if (run.plan.quick) return []
  return verdict.gates
    .filter(({ gate, accepted }) => gate.level === 'error' && !accepted)
    .map(({ status }) => status)
}

/** The exit code of several scenarios is that of the gravest; the codes are in that order. */
export const gravest = (codes: number[]) => Math.max(FINE, ...codes)
