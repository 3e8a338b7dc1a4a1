import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareFor } from '../../../harness/cli/ci/share.ts'

test.each([
  [600_000, [undefined], 600_000],
  [600_000, [undefined, undefined, undefined], 200_000],
  [600_000, [90_000, undefined], 90_000],
  [600_000, [undefined, 90_000], 510_000],
  [600_000, [undefined, 90_000, undefined], 255_000],
  [90_000, [60_000, 60_000], 45_000],
  [-5_000, [undefined], 15_000],
])('of %i ms with limits %j the next one gets %i', (left, waiting, expected) => {
  expect(shareFor(left, waiting)).toBe(expected)
})

test('scenarios that use their whole share leave an equal share to the last one', () => {
  const limits = fc.array(fc.option(fc.integer({ min: 15_000, max: 600_000 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(fc.integer({ min: 120_000, max: 3_600_000 }), limits, (budget, waiting) => {
      let left = budget
      for (const [at] of waiting.entries()) {
        const share = shareFor(left, waiting.slice(at))
        expect(Number.isSafeInteger(share)).toBe(true)
        left -= share
      }
      const wanted = waiting.reduce<number>((sum, limit) => sum + (limit ?? Number.POSITIVE_INFINITY), 0)
      expect(left).toBeGreaterThanOrEqual(-1)
      if (wanted >= budget) expect(left).toBeLessThan(1)
    }),
  )
})
