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

interface Fact {
  label: string
  text: string
  note?: string
}

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
    ]
      .filter(group => group.facts.length > 0)
      .map(group => ({ ...group, facts: group.facts.map(({ note = '', ...fact }) => ({ ...fact, note })) })),
    variants: variantsOf(report).map(it => ({
      label: visible(it.label),
      baseline: it.id === baselineOf(report).id,
      command: visible((it.planned?.command ?? []).join(' ')),
      environment: Object.entries(it.planned?.environment ?? {})
        .map(([name, text]) => visible(`${name}=${text}`))
        .join(' '),
      node: versions(samplesOf(report, it.id)),
    })),
    repeat: visible(run.plan.repeat),
  }
}

const versions = (samples: Sample[]): string => {
  const all = new Set(samples.map(({ versions }) => versions?.node).filter(node => node !== undefined))
  return all.size > 0 ? visible([...all].join(', ')) : 'unknown'
}

function machine({ run }: Report): Fact[] {
  const it = run.environment
  return [
    { label: 'Processor', text: `${clip(visible(it.cpuModel), 80)}, ${counted(it.cores, 'core')}` },
    { label: 'Memory', text: value(it.memory, 'bytes') },
    { label: 'System', text: visible(`${it.platform} ${it.arch}, ${it.kernel}`) },
    { label: 'Node', text: visible(`${it.node}, V8 ${it.v8}`) },
    { label: 'Flamegate', text: visible(it.flamegate) },
    { label: 'Load at the start', text: digits(it.load), note: 'average of one minute' },
    { label: 'Frequency governor', text: it.governor === null ? 'cannot be read' : visible(it.governor) },
    ...(it.ci === null ? [] : [{ label: 'CI', text: visible(it.ci) }]),
    { label: 'Commit', text: it.commit === null ? 'not a git repository' : clip(visible(it.commit), 60) },
  ]
}

function method(report: Report): Fact[] {
  const { run, evidence } = report
  const { plan } = run
  const cores = (list: number[]) => list.join(', ') || 'any'
  const flagged = evidence.samples.filter(({ warmup }) => warmup?.settled === false).length
  return [
    {
      label: 'Rounds',
      text: roundsMeasured(report),
      note: 'each with a fresh process of every variant',
    },
    {
      label: 'Timed per launch',
      text: duration(plan.timing.timed),
      note: `slices of ${duration(plan.timing.slice)}`,
    },
    { label: 'Load', text: visible(`${plan.load.engine}, ${plan.load.connections} connections`) },
    { label: 'Script', text: counted(plan.load.steps.length, 'step') },
    {
      label: 'Pinning',
      text: plan.pinning
        ? `target on ${cores(plan.pinning.target)}, load generator on ${cores(plan.pinning.loader)}`
        : 'none: processes cannot be pinned here',
    },
    { label: 'Launches that never settled', text: String(flagged), note: 'flagged, not silently averaged' },
    { label: 'Seed', text: String(plan.seed) },
    {
      label: 'Fingerprint',
      text: clip(visible(plan.fingerprint), 24),
      note: 'the same for records that can be compared',
    },
    { label: 'Record', text: visible(run.id) },
  ]
}

function disturbance(samples: Sample[]): Fact[] {
  if (samples.length === 0) return []
  const known = (name: ColumnName) =>
    samples.flatMap(({ columns }) => (columns[name] ?? []).filter(it => it !== null))
  const sum = (name: ColumnName) => known(name).reduce((total, it) => total + it, 0)
  const loads = known('loaderUtilization').toSorted((a, b) => a - b)
  const busiest = loads[Math.floor(loads.length * 0.95)]
  const facts: (Fact | false)[] = [
    known('runDelay').length > 0 &&
      sum('cpu') > 0 && {
        label: 'Waited for a processor',
        text: share(sum('runDelay') / sum('cpu')),
        note: 'of the CPU time used',
      },
    busiest !== undefined && {
      label: "Load generator's loop, 95th percentile",
      text: share(busiest),
      note: 'busy; near 100 % its own speed is measured',
    },
    { label: 'Errors', text: sum('errors').toLocaleString('en-US') },
    { label: 'Answers other than 2xx', text: sum('unexpected').toLocaleString('en-US') },
  ]
  return facts.filter(fact => fact !== false)
}

/** Rounds that were measured and not used. */
const leftOut = ({ analysis }: Report): Fact[] =>
  (analysis.leftOut ?? []).map(({ round, reason }) => ({
    label: `Round ${round} left out`,
    text: reason,
    note: 'without looking at its values',
  }))

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
      return {
        label: `${clip(visible(variant.label), 60)}: the same code`,
        text: `${signedPercent(change.estimate)} CPU per request`,
        note: `interval ${interval(change)}, ${meaning}`,
      }
    })
}

function overheads({ analysis }: Report): Fact[] {
  return analysis.overheads.map(({ collector, change }) => ({
    label: `${collectorTitle(collector)} collector`,
    text: sound(change) ? signedPercent(change!.estimate) : 'not known',
    note: sound(change) ? `CPU per request, interval ${interval(change)}` : 'too few rounds',
  }))
}

function pauses(report: Report): Fact[] {
  return (report.analysis.pauses ?? []).map(it => ({
    label: visible(`${variantOf(report, it.variant).label}, ${it.kind}`),
    text: `${digits(it.perThousand)} per 1,000 requests`,
    note: `${value(it.duration, 'µs')} each, longest ${value(it.longest, 'µs')}; heap ${value(it.before, 'bytes')} → ${value(it.after, 'bytes')}`,
  }))
}
