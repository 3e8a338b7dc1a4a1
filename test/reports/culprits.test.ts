import { expect, it } from 'vitest'
import type { FrameChange, Report } from '../../harness/model/report.ts'
import { culprits, responsible } from '../../reports/shared/culprits.ts'
import { family, regressed, regressedWith } from './variations.ts'

/** The lines about a report whose CPU functions are changed like this, none of them sure on its own. */
function said(change: (frame: FrameChange, at: number) => Partial<FrameChange>): string[] {
  const report: Report = regressed()
  const { variant } = report.analysis.frames[0]!
  report.analysis.frames = report.analysis.frames
    .filter(it => it.variant === variant && it.collector === 'cpu')
    .map((frame, at) => ({
      ...frame,
      significant: false,
      withCallees: undefined,
      change: { estimate: 0, low: -0.1, high: 0.1, confidence: 0.95 },
      ...change(frame, at),
    }))
  report.analysis.latency = []
  return culprits(report, variant)
}

const grown = (estimate: number) => ({
  change: { estimate, low: estimate / 2, high: estimate * 2, confidence: 0.95 },
  p: 0.01,
  significant: true,
})

it('names the smallest function that grew with what it calls if no function is sure on its own', () => {
  const sizes = [900, 300, 20, 10]
  const lines = said((_, at) => ({
    function: `f${at}`,
    totalAfter: sizes[at] ?? 1,
    ...(at < 3 && { withCallees: grown([0.08, 0.07, 0.01][at]!) }),
  }))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^f1 .*with what it calls: \+7\.0 % of the CPU time per request$/)
})

it('calls it likely if only its own interval is sure, and prefers it to smaller functions', () => {
  const lines = said((_, at) => ({
    function: `f${at}`,
    totalAfter: 100 - at,
    ...(at === 0 && { withCallees: { ...grown(0.05), significant: false } }),
    ...(at === 1 && { ...grown(0.01), significant: false }),
  }))
  expect(lines[0]).toMatch(/^most likely f0 .*with what it calls: \+5\.0 % .*not beyond doubt$/)
})

it('names a likely function, or none, if nothing is sure', () => {
  const lines = said((_, at) => (at === 0 ? { function: 'f0', ...grown(0.05), significant: false } : {}))
  expect(lines[0]).toMatch(/^most likely f0.*not beyond doubt$/)
  expect(said(() => ({}))).toEqual([])
})

it.each([
  ['cpu', 'µs', 'CPU time per request'],
  ['allocation', 'bytes', 'bytes allocated per request'],
  ['heap', 'bytes', 'live heap'],
  ['stalls', 'µs', 'time of a request, spent waiting in stalls'],
  ['handles', 'count', 'count per request'],
])('names the resource of the collector %s', (collector, unit, resource) => {
  const report = regressed()
  const { analysis } = report
  analysis.latency = []
  analysis.budgets = []
  analysis.frames = analysis.frames.filter(it => it.collector === 'cpu').map(it => ({ ...it, collector }))
  analysis.flames = analysis.flames
    .filter(it => it.collector === 'cpu')
    .map(it => ({ ...it, collector, unit }))
  const [first] = culprits(report, analysis.frames[0]!.variant)
  expect(first).toMatch(new RegExp(` % of the ${resource}$`))
})

it('names the step whose quickest answers got slower, not one that waits in the same queue', () => {
  const report = regressedWith('GET /stock')
  const { variant } = report.analysis.frames[0]!
  expect(culprits(report, variant).at(-1)).toMatch(/^GET \/orders slowed most/)
  // Its median is worse, but its quickest answers are as quick as before.
  const [, queued] = report.analysis.latency.filter(({ step }) => step === 'GET /stock')
  for (const point of queued!.points) if (point.percentile >= 50) point.value *= 10
  expect(culprits(report, variant).at(-1)).toMatch(/^GET \/orders slowed most/)
})

it('names the variant in each line only if several variants regressed', () => {
  const one = regressed()
  expect(responsible(one)).toEqual(
    culprits(one, one.verdict.gates.find(it => it.status === 'regressed')!.variant),
  )
  const several = family()
  for (const gate of several.verdict.gates) gate.status = 'regressed'
  const labels = several.run.plan.variants
    .filter(({ id }) => several.verdict.gates.some(({ variant }) => variant === id))
    .map(({ label }) => label)
  const lines = responsible(several)
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(labels.some(label => line.startsWith(`${label}: `))).toBe(true)
})
