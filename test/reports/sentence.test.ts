import { expect, it } from 'vitest'
import type { Report } from '../../harness/model/report.ts'
import { plain, sentence } from '../../reports/shared/sentence.ts'
import { improvedWith, inconclusive, regressedWith } from './variations.ts'

const said = (report: Report) => plain(sentence(report))

it('says how many steps gain nothing', () => {
  expect(said(improvedWith())).toMatch(/interval [\d.]+ … [\d.]+ %\)\.$/)
  expect(said(improvedWith('GET /list', 'GET /nested'))).toMatch(/\)\. 2 of 3 steps answer no faster\.$/)
})

it('says how many steps a regression spares', () => {
  expect(said(regressedWith('GET /small'))).toMatch(/\)\. 1 of 2 steps answer no slower\.$/)
})

it('says nothing if the generator was the limit or the change is not sure', () => {
  const limited = improvedWith('GET /list')
  limited.analysis.loaderLimited = true
  expect(said(limited)).not.toContain('steps answer')
  expect(said(inconclusive())).not.toContain('steps answer')
})
