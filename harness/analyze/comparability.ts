/** Two records → what the reader must know before comparing them. An error means: do not. */

import { type Code, finding } from '../findings/catalogue.ts'
import type { Finding } from '../model/finding.ts'
import type { RunRecord } from '../model/record.ts'
import { precise, share } from '../words/numbers.ts'
import { launchesOf, sumOf, typicalRatio } from './totals.ts'

/** Answers of different size are different work: fraction of the bytes per answer. */
const OTHER_SIZE = 0.01

/** Share of requests that go wrong on one side more than on the other. */
const OTHER_ERRORS = 0.001

/** What differs, in words; `null` when nothing does. */
type Difference = (before: RunRecord, after: RunRecord) => string | null

const DIFFERENCES: Partial<Record<Code, Difference>> = {
  'other-scenario': differs('Load, target or steps', ({ plan }) => plan.fingerprint.slice(0, 12)),
  'other-platform': differs('Platform', ({ environment }) => `${environment.platform} ${environment.arch}`),
  'other-loader': differs('Load generator', ({ plan }) => plan.load.engine),
  'other-processor': differs(
    'Processor',
    ({ environment }) => environment.cpuModel + (environment.governor ? ` (${environment.governor})` : ''),
  ),
  'other-cores': differs('Processors', ({ environment, plan }) =>
    [environment.cores, plan.pinning ? `targets on ${plan.pinning.target.length}` : 'not pinned'].join(', '),
  ),
  'other-kernel': differs('Kernel', ({ environment }) => environment.kernel),
  'other-runtime': differs('Runtime of the target', runtimeOf),
  'other-command': differs('Command or environment', commandOf),
  'other-collectors': differs('Collectors', ({ plan }) => plan.collectors.toSorted().join(', ') || 'none'),
  'other-bytes': (before, after) => {
    const [was, is] = [before, after].map(bytesPerAnswer)
    if (was == null || is == null || Math.abs(is - was) <= OTHER_SIZE * was) return null
    return `Size of an answer: ${precise(was, 'bytes')} there, ${precise(is, 'bytes')} here.`
  },
  'other-errors': (before, after) => {
    const [was, is] = [before, after].map(errorRate)
    if (Math.abs(is! - was!) <= OTHER_ERRORS) return null
    return `Requests that went wrong: ${share(was!)} there, ${share(is!)} here.`
  },
}

/** @param before record of the baseline; @param after the run that is compared with it */
export function comparability(before: RunRecord, after: RunRecord): Finding[] {
  return Object.entries(DIFFERENCES).flatMap(([code, difference]) => {
    const message = difference(before, after)
    return message === null ? [] : [finding(code as Code, message)]
  })
}

function differs(what: string, read: (run: RunRecord) => string | null): Difference {
  return (before, after) => {
    const [was, is] = [read(before), read(after)]
    return was === null || is === null || was === is ? null : `${what}: ${was} there, ${is} here.`
  }
}

/** Of the baseline variant: it is what both records have measured. */
function runtimeOf(run: RunRecord): string | null {
  const versions = launchesOf(run, run.plan.baseline)[0]?.versions ?? {}
  return versions.node ? `Node ${versions.node}, V8 ${versions.v8 ?? 'unknown'}` : null
}

/** Where the repository and its Node lie on a disk says nothing about the work. */
function commandOf({ plan }: RunRecord): string | null {
  const baseline = plan.variants.find(({ id }) => id === plan.baseline)
  if (!baseline) return null
  const words = baseline.command.map(word =>
    word.replaceAll(baseline.node, 'node').replaceAll(baseline.directory, '.'),
  )
  const settings = Object.entries(baseline.environment).map(([name, value]) => `${name}=${value}`)
  return [...settings.toSorted(), ...words].join(' ')
}

const bytesPerAnswer = (run: RunRecord) =>
  typicalRatio(launchesOf(run, run.plan.baseline), 'bytes', 'requests')

function errorRate(run: RunRecord): number {
  const launches = launchesOf(run, run.plan.baseline)
  const wrong = sumOf(launches, 'errors') + sumOf(launches, 'unexpected')
  return wrong / Math.max(1, sumOf(launches, 'requests') + sumOf(launches, 'errors'))
}
