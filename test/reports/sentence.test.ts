import { expect, it } from 'vitest'
import { plain, sentence } from '../../reports/shared/sentence.ts'
import { JSON_VARIANTS, regressed, sampleReport } from './sample.ts'

const said = (report: ReturnType<typeof sampleReport>) => plain(sentence(report))

/** The middle request of these steps takes as long after as before. */
function level(report: ReturnType<typeof sampleReport>, ...steps: string[]) {
  for (const step of steps) {
    const [before, after] = report.analysis.latency.filter(curve => curve.step === step)
    after!.points = before!.points
  }
  return report
}

it('says how many steps gain nothing', () => {
  expect(said(sampleReport())).toMatch(/interval [\d.]+ … [\d.]+ %\)\.$/)
  expect(said(level(sampleReport(), 'GET /list', 'GET /nested'))).toMatch(
    /\)\. 2 of 4 steps answer no faster\.$/,
  )
})

it('says how many steps a regression spares', () => {
  expect(said(level(regressed(), 'GET /small'))).toMatch(/\)\. 1 of 4 steps answer no slower\.$/)
})

it('says nothing if the generator was the limit or the change is not sure', () => {
  const limited = level(sampleReport(), 'GET /list')
  limited.analysis.findings.push({ code: 'loader-saturated', severity: 'warning', message: '' })
  expect(said(limited)).not.toContain('steps answer')
  const unsure = sampleReport([JSON_VARIANTS[0]!, JSON_VARIANTS[3]!])
  expect(said(level(unsure, 'GET /list'))).not.toContain('steps answer')
})
