/** Reports with literal figures, as a run of a small service gives them; every reporter's tests render these. */

import { finding } from '../../harness/findings/index.ts'
import type { Between, Comparison, GateVerdict, Report, Status } from '../../harness/model/report.ts'
import { gravest } from '../../harness/words/verdicts.ts'
import { sampleBudgets, sampleFlames, sampleFrames } from './sample-profiles.ts'
import { sampleRun } from './sample-run.ts'

/** A variant's change in CPU per request, and what became of it. */
export interface SampleVariant {
  id: string
  label: string
  /** Fraction; 0.034 is +3.4 %. */
  change: number
  /** Half of the interval's width, as a fraction. */
  doubt: number
  status: Status
}

export const JSON_VARIANTS: SampleVariant[] = [
  { id: 'json', label: 'JSON.stringify', change: 0, doubt: 0, status: 'fine' },
  { id: 'fast', label: 'fast-json-stringify', change: -0.112, doubt: 0.011, status: 'improved' },
  { id: 'safe', label: 'safe-stable-stringify', change: 0.642, doubt: 0.019, status: 'regressed' },
  { id: 'again', label: 'JSON.stringify again', change: 0.003, doubt: 0.007, status: 'fine' },
  { id: 'spread', label: 'object spread first', change: 0.021, doubt: 0.024, status: 'inconclusive' },
]

/** One variant against the baseline with the given outcome, or the whole family of five. */
export function sampleReport(variants: SampleVariant[] = JSON_VARIANTS.slice(0, 2), rounds = 8): Report {
  const others = variants.slice(1)
  const baseline = variants[0]!.id
  const gates = others.map(gateOf)
  return {
    run: sampleRun(variants, rounds),
    analysis: {
      comparisons: others.flatMap(variant => METRICS.map(row => comparison(row, variant, baseline, rounds))),
      frames: others.flatMap(variant => sampleFrames(variant, baseline)),
      flames: others.flatMap(variant => sampleFlames(variant, baseline)),
      budgets: others.flatMap(sampleBudgets),
      latency: variants.flatMap(variant => STEPS.map(([step, µs]) => curve(variant, step, µs))),
      overheads: [
        { collector: 'cpu', change: { estimate: 0.049, low: 0.04, high: 0.058, confidence: 0.95 } },
        { collector: 'allocation', change: null },
      ],
      ...(others.length > 1 && { between: betweenOf(others, rounds) }),
      leftOut: rounds > 4 ? [{ round: 5, reason: 'a launch never reached steady state' }] : [],
      findings: [
        finding(
          'disturbed',
          "Something else ran on the targets' processors: one launch waited for a processor 12 % of the time.",
        ),
        finding('resumed', 'The run was cut off after 3 rounds and continued later.'),
      ],
    },
    verdict: { status: gravest(gates.map(gate => gate.status)), decided: true, gates },
  }
}

/** Every other two; a change of one against another is what is left of both their changes. */
const betweenOf = (others: SampleVariant[], rounds: number): Between[] =>
  others.flatMap((baseline, i) =>
    others.slice(i + 1).map(variant => {
      const change = (1 + variant.change) / (1 + baseline.change) - 1
      const it = { ...variant, change, doubt: variant.doubt + baseline.doubt }
      return {
        variant: variant.id,
        baseline: baseline.id,
        comparisons: METRICS.map(row => comparison(row, it, baseline.id, rounds)),
        frames: sampleFrames(it, baseline.id),
        flames: sampleFlames(it, baseline.id),
        budgets: sampleBudgets(it),
      }
    }),
  )

export const regressed = (): Report => sampleReport([JSON_VARIANTS[0]!, JSON_VARIANTS[2]!])
export const inconclusive = (): Report => sampleReport([JSON_VARIANTS[0]!, JSON_VARIANTS[4]!])
export const family = (): Report => sampleReport(JSON_VARIANTS)

/** A run whose target died in its first round: no launch, no figure. */
export function failed(): Report {
  const report = sampleReport()
  const message = 'fast-json-stringify exited with code 1 before it was ready: Error: Cannot find module'
  return {
    run: { ...report.run, ending: 'failed', rounds: [], duration: 900 },
    analysis: {
      comparisons: [],
      frames: [],
      flames: [],
      budgets: [],
      latency: [],
      overheads: [],
      findings: [{ ...finding('run-failed', message), advice: 'Run its command by hand.' }],
    },
    verdict: { status: 'not comparable', decided: true, gates: [] },
  }
}

/** Labels, functions, findings and commands as an attacker would choose them. */
export function hostile(): Report {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'`{{7*7}}'
  const controls = '\u001b[31mred\u001b]0;title\u0007\u202egnp.exe\u0000\r\nnew line'
  const report = sampleReport([
    { ...JSON_VARIANTS[0]!, label: controls },
    { ...JSON_VARIANTS[2]!, label: evil },
  ])
  for (const flame of report.analysis.flames) {
    for (const frame of flame.frames)
      Object.assign(frame, { function: evil + frame.function, file: controls })
  }
  for (const frame of report.analysis.frames) Object.assign(frame, { function: evil, file: controls + evil })
  for (const comparison of report.analysis.comparisons) comparison.title += evil
  report.analysis.findings.push({ ...finding('errors', evil), severity: 'error', advice: controls })
  Object.assign(report.run.plan, { scenario: evil, description: controls, repeat: `echo ${evil}` })
  Object.assign(report.run.environment, { cpuModel: evil, commit: controls })
  return report
}

/** Names of 400 characters wherever a name can be. */
export function longNames(): Report {
  const long = (start: string) => start.padEnd(400, 'LongNameWithoutAnyPlaceToBreak')
  const report = sampleReport([
    { ...JSON_VARIANTS[0]!, label: long('before') },
    { ...JSON_VARIANTS[2]!, label: long('after') },
  ])
  for (const flame of report.analysis.flames) {
    for (const frame of flame.frames)
      Object.assign(frame, { function: long(frame.function), file: long('/srv/') })
  }
  for (const frame of report.analysis.frames) {
    Object.assign(frame, { function: long(frame.function), file: long('/srv/') })
  }
  report.run.plan.scenario = long('scenario')
  return report
}

/** Id, title, unit, better, before, share of the CPU's change that it takes over, exact, secondary. */
type Row = [string, string, Comparison['unit'], 'lower' | 'higher', number, number, boolean?, boolean?]

const METRICS: Row[] = [
  ['cpu.perRequest', 'CPU per request', 'ns', 'lower', 38_240, 1],
  ['cpu.mainThread', 'CPU of the main thread', 'ns', 'lower', 34_310, 0.94, false, true],
  ['throughput', 'Throughput', '1/s', 'higher', 21_874, -0.83],
  ['latency.p50', 'Latency p50', 'µs', 'lower', 412, 0.8],
  ['latency.p99', 'Latency p99', 'µs', 'lower', 1_284, 0.7],
  ['latency.p999', 'Latency p99.9', 'µs', 'lower', 3_910, 0.2, false, true],
  ['memory.allocated', 'Allocated per request', 'bytes', 'lower', 18_944, 1.4],
  ['gc.pauses', 'GC pauses per 1,000 requests', 'count', 'lower', 1.84, 1.2, false, true],
  ['eventLoop.utilization', 'Event-loop utilisation', 'ratio', 'lower', 0.943, 0.05, false, true],
  ['errors', 'Errors', 'count', 'lower', 0, 0, true],
  ['response.bytes', 'Response bytes', 'bytes', 'lower', 3_120, 0, true],
  ['memory.resident', 'Resident memory', 'bytes', 'lower', 78_643_200, 0.3],
]

// Deviations of eight rounds from their centre, in half-widths of the interval: one is an outlier.
const SCATTER = [0.4, -0.9, 1.8, -0.3, 0.7, -1.1, 0.1, -0.6]

function comparison(row: Row, variant: SampleVariant, baseline: string, rounds: number): Comparison {
  const [metric, title, unit, better, before, share, exact = false, secondary = false] = row
  const estimate = variant.change * share
  const doubt = exact ? 0 : variant.doubt * (1 + Math.abs(1 - Math.abs(share)))
  const change = { estimate, low: estimate - doubt, high: estimate + doubt, confidence: 0.95 }
  const sign = better === 'lower' ? 1 : -1
  const clear: Status = sign * estimate > 0 ? 'regressed' : 'improved'
  const open: Status = sign > 0 && change.high > 0.02 ? 'inconclusive' : 'fine'
  return {
    variant: variant.id,
    baseline,
    metric,
    title,
    unit,
    better,
    exact,
    secondary,
    before,
    after: before * (1 + estimate),
    change,
    values: {
      before: Array.from({ length: rounds }, (_, i) => before * (1 + doubt * SCATTER[(i + 3) % 8]!)),
      after: Array.from(
        { length: rounds },
        (_, i) => before * (1 + estimate + doubt * SCATTER[(i * 3) % 8]!),
      ),
    },
    ratios: Array.from({ length: rounds }, (_, i) => Math.log1p(estimate) + doubt * SCATTER[i % 8]!),
    rounds,
    verdict: exact ? 'fine' : change.low > 0 || change.high < 0 ? clear : open,
  }
}

function gateOf(variant: SampleVariant): GateVerdict {
  const { change, doubt, status } = variant
  const reasons: Record<Status, string> = {
    regressed: 'The interval lies above zero and the estimate is at or above the margin of 2 %.',
    improved: 'The interval lies below zero.',
    fine: 'The interval ends below the margin of 2 %.',
    inconclusive: 'The interval reaches beyond the margin of 2 %; about 9 more rounds would decide it.',
    'not comparable': 'No round carries both figures.',
  }
  return {
    gate: { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
    variant: variant.id,
    status,
    change: { estimate: change, low: change - doubt * 1.2, high: change + doubt * 1.2, confidence: 0.95 },
    reason: reasons[status],
  }
}

const STEPS: [string, number][] = [
  ['all', 412],
  ['GET /small', 240],
  ['GET /list', 630],
  ['GET /escaped', 470],
  ['GET /nested', 520],
]

const PERCENTILES = [0, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99]

function curve(variant: SampleVariant, step: string, median: number) {
  const points = PERCENTILES.map(percentile => {
    const tail = -Math.log10(1 - Math.min(percentile, 99.99) / 100)
    const value = median * (1 + variant.change) * (0.62 + 0.9 * tail + 0.35 * tail * tail)
    return { percentile, value, low: value * (0.97 - 0.03 * tail), high: value * (1.03 + 0.06 * tail) }
  })
  const count = step === 'all' ? 384_000 : 96_000
  return {
    variant: variant.id,
    step,
    count,
    histogram: histogram(median * (1 + variant.change), count),
    points,
  }
}

/** Steep below the median, with a long tail above it. */
function histogram(median: number, count: number) {
  const shape = Array.from({ length: 40 }, (_, i) => {
    const distance = (i - 9) / (i < 9 ? 3 : 7)
    return Math.exp(-distance * distance)
  })
  const whole = shape.reduce((sum, it) => sum + it, 0)
  return shape.map((it, i) => ({ upTo: median * 1.1 ** (i - 8), count: Math.round((it / whole) * count) }))
}
