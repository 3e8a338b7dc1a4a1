/** Why this run can be trusted, and how to repeat it. */
import type { ColumnName } from '../../../harness/model/columns.ts'
import type { Sample, Subject } from '../../../harness/model/evidence.ts'
import type { Report } from '../../../harness/model/report.ts'
import {
  counted,
  digits,
  duration,
  interval,
  share,
  signedPercent,
  sound,
  value,
} from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import { collectorTitle } from '../../shared/functions.ts'
import {
  baselineOf,
  MAIN_METRIC,
  pairs,
  roundsMeasured,
  samplesOf,
  variantOf,
  variantsOf,
} from '../../shared/pairs.ts'

const fact = (label: string, text: string, note = '') => ({ label, text, note })

type Fact = ReturnType<typeof fact>

export function trustSection(report: Report) {
  const { run, evidence } = report
  return {
    groups: [
      { title: 'Machine', facts: machine(report) },
      { title: 'How it was measured', facts: method(report) },
      { title: 'Against itself', facts: againstItself(report) },
      { title: 'Disturbance', facts: [...disturbance(evidence.samples), ...leftOut(report)] },
      { title: 'Cost of profiling', facts: overheads(report) },
      { title: 'Garbage collection', facts: pauses(report) },
    ].filter(group => group.facts.length > 0),
    variants: variantsOf(report).map(it => ({
      label: visible(it.label),
      baseline: it.id === baselineOf(report).id,
      command: visible((it.planned?.command ?? []).join(' ')),
      environment: Object.entries(it.planned?.environment ?? {})
        .map(([name, text]) => visible(`${name}=${text}`))
        .join(' '),
      node: versions(samplesOf(report, it.id)),
    })),
    repeat: commandView(run.plan.repeat),
  }
}

/** Its words; an option is never broken. */
export const commandView = (command: string) =>
  visible(command)
    .split(' ')
    .map(text => ({ text, option: text.startsWith('-') }))

const versions = (samples: Sample[]): string => {
  const all = new Set(samples.map(({ versions }) => versions?.node).filter(node => node !== undefined))
  return all.size > 0 ? visible([...all].join(', ')) : 'unknown'
}

function machine({ run }: Report): Fact[] {
  const it = run.environment
  return [
    fact('Processor', `${clip(visible(it.cpuModel), 80)}, ${counted(it.cores, 'core')}`),
    fact('Memory', value(it.memory, 'bytes')),
    fact('System', visible(`${it.platform} ${it.arch}, ${it.kernel}`)),
    fact('Node', visible(`${it.node}, V8 ${it.v8}`)),
    fact('Flamegate', visible(it.flamegate)),
    fact('Load at the start', digits(it.load), 'average of one minute'),
    fact('Frequency governor', it.governor === null ? 'cannot be read' : visible(it.governor)),
    ...(it.ci === null ? [] : [fact('CI', visible(it.ci))]),
    commit(it.commit),
  ]
}

/** A `+` at its end stands for changes that were not committed. */
function commit(text: string | null): Fact {
  if (text === null) return fact('Commit', 'not a git repository')
  const isDirty = text.endsWith('+')
  const hash = isDirty ? text.slice(0, -1) : text
  return fact('Commit', clip(visible(hash), 60), isDirty ? 'with changes that were not committed' : '')
}

function method(report: Report): Fact[] {
  const { run, evidence } = report
  const { load, timing, pinning, seed, fingerprint } = run.plan
  const cores = (list: number[]) => list.join(', ') || 'any'
  const pinned = pinning && `target on ${cores(pinning.target)}, load generator on ${cores(pinning.loader)}`
  const unsettled = evidence.samples.filter(({ warmup }) => warmup?.settled === false).length
  return [
    fact('Rounds', roundsMeasured(report), 'each with a fresh process of every variant'),
    fact('Timed per launch', duration(timing.timed), `slices of ${duration(timing.slice)}`),
    fact('Load', visible(`${load.engine}, ${load.connections} connections`)),
    fact('Script', counted(load.steps.length, 'step')),
    fact('Pinning', pinned || 'none: processes cannot be pinned here'),
    fact('Launches that never settled', String(unsettled), 'flagged, not silently averaged'),
    fact('Seed', String(seed)),
    fact('Fingerprint', clip(visible(fingerprint), 24), 'the same for records that can be compared'),
    fact('Record', visible(run.id)),
  ]
}

function disturbance(samples: Sample[]): Fact[] {
  if (samples.length === 0) return []
  const known = (name: ColumnName) =>
    samples.flatMap(({ columns }) => (columns[name] ?? []).filter(it => it !== null))
  const sum = (name: ColumnName) => known(name).reduce((total, it) => total + it, 0)
  const loads = known('loaderUtilization').toSorted((a, b) => a - b)
  const busiest = loads[Math.floor(loads.length * 0.95)]
  const facts: Fact[] = []
  if (known('runDelay').length > 0 && sum('cpu') > 0) {
    facts.push(fact('Waited for a processor', share(sum('runDelay') / sum('cpu')), 'of the CPU time used'))
  }
  const stolen = samples.flatMap(({ steal }) => steal ?? [])
  if (stolen.length > 0) {
    const note = "of the targets' processors, at most, in a round: it gives this time to other machines"
    facts.push(fact('Taken by the host', share(Math.max(...stolen)), note))
  }
  if (busiest !== undefined) {
    const note = 'busy; near 100 % its own speed is measured'
    facts.push(fact("Load generator's loop, 95th percentile", share(busiest), note))
  }
  return [
    ...facts,
    fact('Errors', sum('errors').toLocaleString('en-US')),
    fact('Answers other than 2xx', sum('unexpected').toLocaleString('en-US')),
  ]
}

/** Rounds that were measured and not used. */
const leftOut = ({ analysis }: Report): Fact[] =>
  (analysis.leftOut ?? []).map(({ round, reason }) =>
    fact(`Round ${round} left out`, reason, 'without looking at its values'),
  )

/**
 * What this run found between two variants that are the same: the error that it would make elsewhere. Two runs of the
 * same command are not the same: code changes in between.
 */
function againstItself(report: Report): Fact[] {
  if (report.evidence.pairing === 'independent') return []
  const what = ({ planned: it }: Subject) =>
    JSON.stringify([it?.command, it?.directory, it?.environment, it?.node])
  return pairs(report)
    .filter(({ variant, baseline }) => what(variant) === what(baseline))
    .flatMap(({ variant, comparisons }) => {
      const change = sound(comparisons.find(it => it.metric === MAIN_METRIC)?.change)
      if (!change) return []
      const holds = change.low <= 0 && change.high >= 0
      const meaning = holds
        ? 'which contains zero, as it should'
        : 'which does not contain zero: one A/A run in twenty does that'
      const label = `${clip(visible(variant.label), 60)}: the same code`
      const note = `interval ${interval(change)}, ${meaning}`
      return fact(label, `${signedPercent(change.estimate)} CPU per request`, note)
    })
}

/** Collectors that ran in the same slices have one cost: nothing tells their shares apart. */
function overheads({ analysis }: Report): Fact[] {
  const together = Map.groupBy(analysis.overheads, ({ collector, change }) =>
    change ? JSON.stringify(change) : collector,
  )
  return Array.from(together.values(), all => {
    const names = all.map(({ collector }) => collectorTitle(collector))
    const label = `${names.join(', ')} ${names.length > 1 ? 'collectors' : 'collector'}`
    const change = sound(all[0]!.change)
    if (!change) return fact(label, 'not known', 'too few rounds')
    const how = names.length > 1 ? ', measured together' : ''
    return fact(label, signedPercent(change.estimate), `CPU per request, interval ${interval(change)}${how}`)
  })
}

const pauses = (report: Report): Fact[] =>
  (report.analysis.pauses ?? []).map(it => {
    const label = visible(`${variantOf(report, it.variant).label}, ${it.kind}`)
    const length = `${value(it.duration, 'µs')} each, longest ${value(it.longest, 'µs')}`
    const heap = `heap ${value(it.before, 'bytes')} → ${value(it.after, 'bytes')}`
    return fact(label, `${digits(it.perThousand)} per 1,000 requests`, `${length}; ${heap}`)
  })
