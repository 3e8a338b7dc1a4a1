/** Verdicts about memory and heap snapshots, as a run with those collectors has them. */
import { expect, it } from 'vitest'
import type { LeakVerdict } from '../../harness/model/report.ts'
import { renderHtml } from '../../reports/html/index.ts'
import { sampleReport } from './sample.ts'

const leak = (variant: string, verdict: LeakVerdict['verdict'], slope: number): LeakVerdict => ({
  variant,
  verdict,
  reason: `A request leaves ${slope} bytes behind.`,
  retained: { estimate: slope, low: slope - 40, high: slope + 40, confidence: 0.95 },
  allocated: 18_944,
  allocatedChange: null,
  stopped: 0.012,
  readings: 16,
  launches: 2,
  series: [0, 1].map(launch => ({
    requests: [0, 1_000, 2_000, 3_000],
    live: [0, 1, 2, 3].map(step => 21e6 + launch * 1e5 + step * 1_000 * slope),
  })),
  frames: [
    { function: 'remember<b>', file: '/srv/cache.js', line: 9, category: 'application', bytes: slope },
  ],
})

function measured() {
  const report = sampleReport()
  const [baseline, variant] = report.run.plan.variants
  report.analysis.leaks = [leak(baseline!.id, 'neither', 1), leak(variant!.id, 'leak', 420)]
  report.analysis.snapshots = [
    {
      variant: variant!.id,
      requests: 3_000,
      before: 21e6,
      after: 23e6,
      rows: [
        {
          name: 'Entry',
          count: { before: 10, after: 3_010 },
          self: { before: 400, after: 120_400 },
          retained: { before: 900, after: 1_260_900 },
        },
      ],
    },
  ]
  return report
}

it('names the variant that leaks, the evidence, and who holds on to it', () => {
  const page = renderHtml(measured())
  expect(page).toContain('Memory: fast-json-stringify leaks')
  expect(page).toContain('A request leaves 420 bytes behind.')
  expect(page).toContain('remember&lt;b&gt;')
  expect(page.match(/<polyline class="line after" points="[\d., ]+"\/>/g)!.length).toBeGreaterThan(4)
})

it('shows which objects grew between two snapshots', () => {
  const page = renderHtml(measured())
  expect(page).toContain('<code>Entry</code>')
  expect(page).toContain('3,010')
})

it('has no such section if memory was not watched', () => {
  expect(renderHtml(sampleReport())).not.toContain('id="memory"')
})

it('draws only finite numbers if nothing is known', () => {
  const report = measured()
  for (const it of report.analysis.leaks!)
    Object.assign(it, { retained: null, allocated: null, stopped: null, series: [], frames: [] })
  const page = renderHtml(report)
  expect(page.slice(page.indexOf('id="memory"'), page.indexOf('id="trust"'))).not.toMatch(
    /NaN|undefined|null/,
  )
})
