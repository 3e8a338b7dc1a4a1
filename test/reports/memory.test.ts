/** Verdicts about memory, and heap snapshots. */
import { expect, it } from 'vitest'
import { renderHtml } from '../../reports/html/index.ts'
import { edited, reportOf } from './records.ts'
import { launchesOf } from './variations.ts'

/** As if `a` kept 420 bytes of every request. */
const leaking = edited('several', run => {
  for (const launch of launchesOf(run).filter(({ variant }) => variant === 'a')) {
    const { heapUsed, requests } = launch.collected.heap!.slices
    let served = 0
    launch.collected.heap!.slices.heapUsed = heapUsed!.map((live, row) => {
      served += requests![row] ?? 0
      return live && live + 420 * served
    })
  }
})

const memory = (page: string) => page.slice(page.indexOf('id="memory"'), page.indexOf('id="trust"'))

it('names the variant that leaks, and the evidence', () => {
  const section = memory(renderHtml(leaking))
  expect(section).toContain('Memory: a leaks')
  expect(section).toMatch(/the heap grew by 42\d B a request/)
  expect(section.match(/<polyline class="line after" points="[\d., ]+"\/>/g)!.length).toBeGreaterThan(2)
})

it('names the functions that hold what stays, as text', () => {
  const report = structuredClone(leaking)
  const leak = report.analysis.leaks!.find(({ variant }) => variant === 'a')!
  leak.frames = [
    { function: 'remember<b>', file: '/srv/cache.js', line: 9, category: 'application', bytes: 420 },
  ]
  expect(memory(renderHtml(report))).toContain('remember&lt;b&gt;')
})

it('shows which objects grew between two snapshots', () => {
  const section = memory(renderHtml(leaking))
  expect(section).toContain('<code>(compiled code)</code>')
  expect(section).toContain('47,280')
})

it('has no such section if memory was not watched', () => {
  expect(renderHtml(reportOf('regressed'))).not.toContain('id="memory"')
})

it('draws only finite numbers if nothing is known', () => {
  const report = edited('several', run => {
    for (const launch of launchesOf(run)) {
      const { slices } = launch.collected.heap!
      slices.heapUsed = slices.heapUsed!.map(() => null)
    }
  })
  expect(memory(renderHtml(report))).not.toMatch(/NaN|undefined|null/)
})
