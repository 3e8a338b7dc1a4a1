/** Latency of an open loop: from when a request was due, from when it was sent, and phase by phase. */
import { expect, it } from 'vitest'
import { renderHtml } from '../../reports/html/index.ts'
import { reportOf } from './records.ts'

it('draws what is not corrected as a dashed line', () => {
  const page = renderHtml(reportOf('open'))
  expect(page.match(/class="line before dashed"/g)).toHaveLength(1)
  expect(page).toContain('dashed ones from the moment when it was sent')
})

it('draws the phases in their order', () => {
  const page = renderHtml(reportOf('phases'))
  expect(page).toContain('From phase to phase')
  expect(page.indexOf('>hold 300</text>')).toBeGreaterThan(0)
  expect(page.indexOf('>hold 300</text>')).toBeLessThan(page.indexOf('>ramp 300–800</text>'))
})

it('has neither under a closed loop', () => {
  const page = renderHtml(reportOf('regressed'))
  expect(page).not.toContain('class="line before dashed"')
  expect(page).not.toContain('From phase to phase')
})
