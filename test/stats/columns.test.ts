import { expect, test } from 'vitest'
import { overall, perRequest, total } from '../../harness/stats/columns.ts'
import { evidence, timed } from '../analyze/records.ts'

const measured = (columns: Parameters<typeof timed>[1]) => evidence([[timed('a', columns)]]).samples[0]!

test('a counter that is read now and then is divided by the requests of those slices', () => {
  const sample = measured({ requests: [100, 300, 100], allocated: [500, null, 700] })
  expect(total(sample, 'allocated')).toBe(1_200)
  expect(overall(sample, 'allocated')).toBe(6)
})

test('a counter that was never read is not zero', () => {
  const sample = measured({ allocated: [null, null, null] })
  expect(total(sample, 'allocated')).toBeNull()
  expect(overall(sample, 'allocated')).toBeNull()
})

test('a counter that is not in the record is not zero either, in rows or as a whole', () => {
  const sample = measured({})
  expect(perRequest(sample, 'allocated')).toBeNull()
  expect(total(sample, 'allocated')).toBeNull()
  expect(overall(sample, 'allocated')).toBeNull()
})
