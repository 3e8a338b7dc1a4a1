import { expect, test } from 'vitest'
import { type Detectors, detect } from '../../harness/findings/index.ts'
import { CATALOGUE } from '../../harness/model/catalogue.ts'

const DETECTORS: Detectors<[steal: number]> = {
  steal: steal => (steal > 0 ? `Seen ${steal}.` : null),
  'few-rounds': steal => (steal > 1 ? { message: 'Few.', severity: 'info' } : null),
}

test('a detector that sees nothing has no finding', () => {
  expect(detect(DETECTORS, 0)).toEqual([])
})

test('a finding has the severity and the advice of the catalogue', () => {
  expect(detect(DETECTORS, 1)).toEqual([{ code: 'steal', message: 'Seen 1.', ...CATALOGUE.steal }])
})

test('a detector can give a severity of its own, and the order is that of the detectors', () => {
  expect(detect(DETECTORS, 2)).toMatchObject([
    { code: 'steal', severity: CATALOGUE.steal.severity },
    { code: 'few-rounds', severity: 'info', message: 'Few.', advice: CATALOGUE['few-rounds'].advice },
  ])
})
