/** Latency of an open loop: counted from when a request was due, beside when it was sent, and phase by phase. */
import { expect, it } from 'vitest'
import type { LatencyCurve } from '../../harness/model/report.ts'
import { renderHtml } from '../../reports/html/index.ts'
import { sampleReport } from './sample.ts'

function openLoop() {
  const report = sampleReport()
  report.analysis.latency = report.analysis.latency.flatMap((curve): LatencyCurve[] => [
    { ...curve, kind: 'corrected' },
    { ...curve, kind: 'uncorrected', points: curve.points.map(it => ({ ...it, value: it.value / 2 })) },
    ...(curve.step === 'all' ? ['quiet', 'rush'].map(phase => ({ ...curve, phase })) : []),
  ])
  return report
}

it('draws what is not corrected as a dashed line, in every chart', () => {
  const page = renderHtml(openLoop())
  expect(page.match(/class="line before dashed"/g)).toHaveLength(6)
  expect(page).toContain('dashed ones from the moment when it was sent')
})

it('draws the phases in their order', () => {
  const page = renderHtml(openLoop())
  expect(page).toContain('From phase to phase')
  expect(page.indexOf('>quiet</text>')).toBeLessThan(page.indexOf('>rush</text>'))
})

it('has neither under a closed loop', () => {
  const page = renderHtml(sampleReport())
  expect(page).not.toContain('class="line before dashed"')
  expect(page).not.toContain('From phase to phase')
})
