import { describe, expect, test } from 'vitest'
import { markdownOf } from '../../../validate/print.ts'
import { isNarrow, summaryOf } from '../../../validate/truth/independent.ts'
import { differing } from '../../../validate/truth/installed.ts'
import { named, type Seen, tableOfPairs, targetsOf } from '../../../validate/truth/judge.ts'

interface Made {
  truth: number
  found: number
  half?: number
  status?: string
  /** Owner of the first function, and of what it calls. */
  owner?: string
  calls?: string
  before?: number
  /** Whose function allocates more, and the owner of most of the change. */
  allocates?: string
  first?: string
  /** How sure the change of the named function is. */
  interval?: { estimate: number; low: number; high: number }
}

/** A pair of which Flamegate says something; costs are µs per request. */
function seen({ truth, found, half = 0.002, status = 'regressed', before = 20, ...rest }: Made): Seen {
  const { owner = 'quick', calls, allocates, first = 'quick' } = rest
  const { interval = { estimate: 9, low: 8, high: 10 } } = rest
  const named = (collector: string, owner: string) => ({
    collector,
    owner,
    interval,
    whole: 10,
    cause: calls ? { kind: 'call', owner: calls } : { kind: 'own work' },
  })
  const change = { estimate: found, low: found - 0.01, high: found + 0.01, confidence: 0.95 }
  const it = {
    pair: { package: 'quick', before: '1.0.0', after: '1.1.0', kind: 'text', service: 'quick' },
    truth: { ratio: 1 + truth, low: 1 + truth - half, high: 1 + truth + half, ratios: [] },
    report: {
      comparisons: [{ metric: 'cpu.perRequest', before, after: before * (1 + found), change }],
      gates: [{ metric: 'cpu.perRequest', status, change }],
      culprits: [
        ...(owner === 'nobody' ? [] : [named('cpu', owner)]),
        ...(allocates === undefined ? [] : [named('allocation', allocates)]),
      ],
      owners: [{ collector: 'cpu', owner: first, before: 20, after: 29 }],
    },
    changed: ['quick', 'helper'],
  }
  return it as unknown as Seen
}

const met = (made: Made) => targetsOf(seen(made)).map(target => target.met)

describe('what is asked for a pair', () => {
  test('the direction, and the size to a quarter', () => {
    expect(met({ truth: 0.4, found: 0.32 })).toEqual([true, true])
    expect(met({ truth: 0.4, found: 0.28 })).toEqual([true, false])
    expect(met({ truth: 0.4, found: -0.4, status: 'improved' })).toEqual([false, false])
    expect(met({ truth: -0.4, found: -0.4, status: 'improved' })).toEqual([true, true])
  })

  test('the right sign with the wrong verdict is the wrong direction', () => {
    expect(met({ truth: 0.4, found: 0.4, status: 'improved' })).toEqual([false, true])
    expect(met({ truth: -0.4, found: -0.4, status: 'regressed' })).toEqual([false, true])
  })

  test('the size to 1 µs, or inside the interval of the truth', () => {
    expect(met({ truth: 0.02, found: 0.06, before: 20 })).toEqual([true, true])
    expect(met({ truth: 0.02, found: 0.06, before: 200 })).toEqual([true, false])
    expect(met({ truth: 0.02, found: 0.06, before: 200, half: 0.05 })).toEqual([true, true])
  })

  test('nothing that Flamegate could not measure is near', () => {
    expect(met({ truth: 0.4, found: Number.NaN, status: 'not comparable' })).toEqual([false, false])
  })

  test('below 1 %, only that no change is claimed', () => {
    expect(met({ truth: -0.004, found: 0.008, status: 'fine' })).toEqual([true])
    expect(met({ truth: -0.004, found: -0.008, status: 'inconclusive' })).toEqual([true])
    expect(met({ truth: -0.004, found: -0.03, status: 'improved' })).toEqual([false])
    expect(met({ truth: 0.009, found: 0.03, status: 'regressed' })).toEqual([false])
  })
})

describe('the package that is named first', () => {
  const count = (...all: Made[]) => named(all.map(seen)).map(({ value, met }) => [value, met])
  const change = { truth: 0.4, found: 0.4 }

  test('is the changed one, or a dependency that changed with it', () => {
    expect(count({ ...change, owner: 'quick' }, { ...change, owner: 'helper' })).toEqual([['2 of 2', true]])
    expect(count({ ...change, owner: 'same' })).toEqual([['0 of 1', false]])
  })

  test('is not a function whose change may be chance', () => {
    const interval = { estimate: 9, low: -1, high: 19 }
    const chance = { truth: 0.4, found: 0.4, owner: 'node_modules', interval }
    expect(named([seen(chance)])[0]!.met).toBe(true)
    expect(named([seen({ ...chance, interval: { ...interval, low: 1 } })])[0]!.met).toBe(false)
  })

  test('may be what the application calls, or the first owner where no function is named', () => {
    expect(count({ ...change, owner: 'application', calls: 'quick' })).toEqual([['1 of 1', true]])
    expect(count({ ...change, owner: 'application' })).toEqual([['0 of 1', false]])
    expect(count({ ...change, owner: 'nobody' })).toEqual([['1 of 1', true]])
  })

  test('is that of a function that allocates more, where most of the change is V8’s own', () => {
    const spread = { ...change, owner: 'nobody', allocates: 'quick' }
    expect(count({ ...spread, first: 'V8' })).toEqual([['1 of 1', true]])
    expect(count({ ...spread, first: 'same' })).toEqual([['0 of 1', false]])
  })

  test('is asked in nine of ten, and not where nothing changed', () => {
    const wrong = { ...change, owner: 'same' }
    expect(count(wrong, ...Array(9).fill(change))).toEqual([['9 of 10', true]])
    expect(count(wrong, wrong, ...Array(8).fill(change))).toEqual([['8 of 10', false]])
    expect(count({ truth: 0.001, found: 0, owner: 'same' })).toEqual([])
  })
})

test('the table of a page has a row for every pair, and says whether all is as asked', () => {
  const rows = [seen({ truth: 0.4, found: 0.41 }), seen({ truth: 0.4, found: 0.1 })]
  expect(markdownOf(tableOfPairs(rows))).toBe(
    `| pair | kind | truth | Flamegate | verdict | named first | asked |
| --- | --- | --- | --- | --- | --- | --- |
| quick 1.0.0 → 1.1.0 | text | +40.0 % (+39.8 % to +40.2 %) | +41.0 % (+40.0 % to +42.0 %) | regressed | quick | yes |
| quick 1.0.0 → 1.1.0 | text | +40.0 % (+39.8 % to +40.2 %) | +10.0 % (+9.0 % to +11.0 %) | regressed | quick | no |`,
  )
})

test('what an upgrade changes: the package, and dependencies that came, went or have another version', () => {
  const before = {
    'node_modules/@a/quick': { version: '1.0.0' },
    'node_modules/gone': { version: '2.0.0' },
    'node_modules/same': { version: '3.0.0' },
    'node_modules/same/node_modules/deep': { version: '1.0.0' },
  }
  const after = {
    'node_modules/@a/quick': { version: '1.1.0' },
    'node_modules/new': { version: '2.0.0' },
    'node_modules/same': { version: '3.0.0' },
    'node_modules/same/node_modules/deep': { version: '1.0.1' },
  }
  expect(differing(before, after)).toEqual(['@a/quick', 'gone', 'deep', 'new'])
})

describe('the measurement without Flamegate', () => {
  const of = (...percents: number[]) => summaryOf(percents.map(percent => Math.log(1 + percent / 100)))

  test('goes on until its interval is within 1 %, or a quarter of the change', () => {
    expect(isNarrow(of(0.1, 0.2, -0.1))).toBe(true)
    expect(isNarrow(of(2, -2, 0.1))).toBe(false)
    expect(isNarrow(of(40, 44, 42))).toBe(true)
    expect(isNarrow(of(4, 8, 6))).toBe(false)
  })
})
