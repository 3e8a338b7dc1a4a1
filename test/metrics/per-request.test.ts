import { expect, test } from 'vitest'
import { overall, total } from '../../harness/metrics/per-request.ts'
import { timed } from '../analyze/records.ts'

test('a counter that agents were asked for now and then is taken over the requests of those slices', () => {
  const launch = timed('a', { requests: [100, 300, 100], allocated: [500, null, 700] })
  expect(total(launch, 'allocated')).toBe(1_200)
  expect(overall(launch, 'allocated')).toBe(6)
})

test('a counter that nobody was asked for is not zero', () => {
  const launch = timed('a', { allocated: [null, null, null] })
  expect(total(launch, 'allocated')).toBeNull()
  expect(overall(launch, 'allocated')).toBeNull()
})
