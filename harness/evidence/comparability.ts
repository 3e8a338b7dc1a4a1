/** Differences that readers must know before they compare a variant of two records. An error: they must not. */
import { type Detectors, detect } from '../findings/index.ts'
import type { Finding } from '../model/finding.ts'
import type { LaunchRecord } from '../model/launch.ts'
import type { RunRecord } from '../model/record.ts'
import { sumOf, typicalRatio } from '../stats/columns.ts'
import { precise, share } from '../words/numbers.ts'

/** Fraction of the bytes per answer. A larger difference means different work. */
const OTHER_SIZE = 0.01

/** Share of requests that can go wrong on one side only. */
const OTHER_ERRORS = 0.001

interface Side {
  run: RunRecord
  variant: string
  launches: { columns: LaunchRecord['timed']; versions: LaunchRecord['versions'] }[]
}

/** Differences so large that even the yardsticks do not make times comparable. */
const MACHINES: Detectors<[before: Side, after: Side]> = {
  'other-platform': differs(
    'Platform',
    ({ run: { environment } }) => `${environment.platform} ${environment.arch}`,
  ),
  'other-processor': differs(
    'Processor',
    ({ run: { environment } }) =>
      environment.cpuModel + (environment.governor ? ` (${environment.governor})` : ''),
  ),
  'other-cores': differs('Processors', ({ run: { environment, plan } }) =>
    [environment.cores, plan.pinning ? `targets on ${plan.pinning.target.length}` : 'not pinned'].join(', '),
  ),
}

const DIFFERENCES: Detectors<[before: Side, after: Side]> = {
  'other-scenario': differs('Load, target or steps', ({ run }) => run.plan.fingerprint.slice(0, 12)),
  'other-loader': differs('Load generator', ({ run }) => run.plan.load.engine),
  ...MACHINES,
  'other-kernel': differs('Kernel', ({ run }) => run.environment.kernel),
  'other-runtime': differs('Runtime of the target', ({ launches }) => {
    const { node, v8 = 'unknown' } = launches[0]?.versions ?? {}
    return node ? `Node ${node}, V8 ${v8}` : null
  }),
  'other-need': differs('What the service needs', ({ run }) =>
    run.needs ? run.needs.map(({ name, version = '' }) => `${name} ${version}`.trim()).join(', ') : null,
  ),
  'other-command': differs('Command or environment', commandOf),
  'other-collectors': differs(
    'Collectors',
    ({ run: { plan } }) =>
      plan.collectors
        .filter(name => !plan.ifWaiting?.includes(name))
        .toSorted()
        .join(', ') || 'none',
  ),
  'other-bytes': (before, after) => {
    const [was, is] = [before, after].map(({ launches }) => typicalRatio(launches, 'bytes', 'requests'))
    if (was == null || is == null || Math.abs(is - was) <= OTHER_SIZE * was) return null
    return `Size of an answer: ${precise(was, 'bytes')} there, ${precise(is, 'bytes')} here.`
  },
  'other-errors': (before, after) => {
    const [was, is] = [before, after].map(errorRate)
    if (Math.abs(is! - was!) <= OTHER_ERRORS) return null
    return `Requests that went wrong: ${share(was!)} there, ${share(is!)} here.`
  },
}

/** @param before record of the baseline */
export const comparability = (before: RunRecord, after: RunRecord, variant: string): Finding[] =>
  detect(DIFFERENCES, sideOf(before, variant), sideOf(after, variant))

/** How the machines differ, if they are too different to compare times; undefined if not. */
export const differenceOfMachines = (before: RunRecord, after: RunRecord, variant: string) =>
  detect(MACHINES, sideOf(before, variant), sideOf(after, variant))[0]?.message

const sideOf = (run: RunRecord, variant: string): Side => ({
  run,
  variant,
  launches: run.rounds
    .flatMap(({ launches }) => launches.filter(launch => launch.variant === variant))
    .map(({ timed, versions }) => ({ columns: timed, versions })),
})

function differs(what: string, read: (side: Side) => string | null) {
  return (before: Side, after: Side) => {
    const [was, is] = [read(before), read(after)]
    return was === null || is === null || was === is ? null : `${what}: ${was} there, ${is} here.`
  }
}

/** Without the places of the repository and its Node, which say nothing about the work. */
function commandOf({ run, variant }: Side): string | null {
  const planned = run.plan.variants.find(({ id }) => id === variant)
  if (!planned) return null
  const words = planned.command.map(word =>
    word.replaceAll(planned.node, 'node').replaceAll(planned.directory, '.'),
  )
  const settings = Object.entries(planned.environment).map(([name, value]) => `${name}=${value}`)
  return [...settings.toSorted(), ...words].join(' ')
}

function errorRate({ launches }: Side): number {
  const wrong = sumOf(launches, 'errors') + sumOf(launches, 'unexpected')
  return wrong / Math.max(1, sumOf(launches, 'requests') + sumOf(launches, 'errors'))
}
