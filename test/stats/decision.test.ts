import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { centreOf, intervalOf, shifted, symmetricCentreOf } from '../../harness/stats/centre.ts'
import {
  atBoth,
  decide,
  decideTilted,
  realInterval,
  shareNeeded,
  shareOf,
} from '../../harness/stats/decision.ts'
import { rankInterval } from '../../harness/stats/signed-ranks.ts'

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 16 })
const LEVELS = { real: 0.003, ranks: 0.005, fine: 0.02 }
const AGREED = { real: 0.008, agreed: 0.02, fine: 0.02 }
/** Eight rounds with the same direction, and one launch that was far off for its whole life. */
const ODD = [0.02, 0.022, 0.025, 0.03, 0.035, 0.04, 0.05, 0.2]

describe('realInterval', () => {
  test('is the common part of both intervals, and contains the estimate', () => {
    fc.assert(
      fc.property(values, list => {
        const centre = symmetricCentreOf(list)!
        const { estimate, low, high } = realInterval(centre, LEVELS)
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        const ranks = rankInterval(list, LEVELS.ranks)
        expect(low).toBeGreaterThanOrEqual(Math.min(estimate, ranks[0]!))
        expect(high).toBeLessThanOrEqual(Math.max(estimate, ranks[1]!))
      }),
    )
  })

  test('is Student’s where the values are not symmetric', () => {
    const centre = centreOf(ODD)!
    expect(realInterval(centre, LEVELS)).toEqual(intervalOf(centre, LEVELS.real))
    expect(realInterval(symmetricCentreOf(ODD)!, { real: 0.003, fine: 0.02 })).toEqual(
      intervalOf(centre, LEVELS.real),
    )
  })

  test('reaches as far as the wider interval where ranks have to agree', () => {
    fc.assert(
      fc.property(values, list => {
        const centre = symmetricCentreOf(list)!
        const { low, high } = realInterval(centre, AGREED)
        const sizes = realInterval(centreOf(list)!, AGREED)
        const ranks = rankInterval(list, AGREED.agreed)
        expect(low).toBe(Math.min(sizes.low, ranks[0]!))
        expect(high).toBe(Math.max(sizes.high, ranks[1]!))
      }),
    )
  })

  test('is infinite for three rounds, however well they agree', () => {
    expect(realInterval(symmetricCentreOf([5, 5, 5])!, LEVELS)).toMatchObject({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    })
  })
})

describe('decide', () => {
  test('finds a change by ranks that an odd launch hides from Student’s t', () => {
    const { ranks: _, ...sizes } = LEVELS
    expect(decide(symmetricCentreOf(ODD)!, 0.02, sizes)).toBe('inconclusive')
    expect(decide(symmetricCentreOf(ODD)!, 0.02, LEVELS)).toBe('regressed')
  })

  test.each([LEVELS, AGREED])('finds a change at the share of %j that shareNeeded gives', levels => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.05, max: 1, noNaN: true }), (list, share) => {
        const centre = symmetricCentreOf(list)!
        const needed = shareNeeded(centre, levels)
        fc.pre(centre.error > 1e-9 && centre.estimate > 1e-9 && Math.abs(needed - share) > 1e-9)
        const called = decide(centre, 1e-12, shareOf(levels, share)) === 'regressed'
        expect(called).toBe(needed <= share)
      }),
    )
  })
})

describe('decideTilted', () => {
  const tilts = fc.double({ min: -0.5, max: 0.5, noNaN: true })

  test('is the plain decision without a tilt', () => {
    fc.assert(
      fc.property(values, list => {
        const centre = symmetricCentreOf(list)!
        expect(decideTilted(centre, 0, 0.02, LEVELS)).toBe(decide(centre, 0.02, LEVELS))
      }),
    )
  })

  test('decides what holds at both ends', () => {
    fc.assert(
      fc.property(values, tilts, (list, tilt) => {
        const centre = symmetricCentreOf(list)!
        const ends = [centre, shifted(centre, tilt)].map(end => decide(end, 0.02, LEVELS))
        const status = decideTilted(centre, tilt, 0.02, LEVELS)
        if (status === 'regressed' || status === 'improved') expect(ends).toEqual([status, status])
        if (status === 'fine') for (const end of ends) expect(['fine', 'improved']).toContain(end)
      }),
    )
  })

  const wellKnown = (estimate: number) =>
    centreOf([estimate - 0.0005, estimate, estimate, estimate, estimate + 0.0005])!

  test.each([
    ['fine here and regressed there', 0, 0.1, 'not comparable'],
    ['improved here and regressed there', -0.1, 0.2, 'not comparable'],
    ['improved here and fine there', -0.1, 0.1, 'fine'],
    ['regressed here and fine there', 0.1, -0.1, 'not comparable'],
    ['too near to the margin there, on the same side', 0, 0.0199, 'inconclusive'],
    ['too near to the margin there, on the other side', 0, 0.0205, 'not comparable'],
    ['regressed at both', 0.03, 0.1, 'regressed'],
  ])('%s', (_, estimate, tilt, status) => {
    expect(decideTilted(wellKnown(estimate), tilt, 0.02, LEVELS)).toBe(status)
  })

  test('stays inconclusive where more rounds can decide the measured end', () => {
    expect(decideTilted(centreOf([-0.05, 0.05, 0, 0.06])!, 0.5, 0.02, LEVELS)).toBe('inconclusive')
    expect(atBoth('fine', 'improved')).toBe('fine')
  })
})
