/** What is said to limit a service, from literal figures. */
import { describe, expect, it, test } from 'vitest'
import { changedTimes } from '../../harness/analyze/diagnosis/change.ts'
import type { Class, Facts } from '../../harness/analyze/diagnosis/facts.ts'
import { diagnose, withoutTimes } from '../../harness/analyze/diagnosis/rules.ts'
import type { RequestTimes, TimeRow } from '../../harness/model/times.ts'

const place = (name: string) => ({
  function: name,
  file: 'orders.js',
  line: 41,
  category: 'application' as const,
})

/** µs by what they are for. */
function classOf(times: Record<string, number>): Class {
  const latency = Object.values(times).reduce((sum, time) => sum + time, 0)
  const parts = Object.entries(times).map(([what, time]) => ({
    what,
    time,
    share: time / latency,
    place: what.startsWith('[waiting') ? place('getOrders') : undefined,
  }))
  return { latency, parts: parts.toSorted((a, b) => b.time - a.time) }
}

const HEALTHY = { '[own work]': 400, '[waiting for PostgreSQL]': 600, '[waiting for Redis]': 300 }

const facts = (
  given: Partial<Omit<Facts, 'typical' | 'slow'>> & { typical?: object; slow?: object } = {},
): Facts => ({
  busy: 0.1,
  delayed: 0.01,
  switches: 8,
  othersSwitches: 2,
  rate: 100,
  p50: 1_300,
  p99: 1_900,
  top: collector => ({ ...place(`most ${collector}`), cost: collector === 'stalls' ? 20 : 300 }),
  ...given,
  typical: classOf({ ...HEALTHY, ...given.typical }),
  slow: classOf({ ...HEALTHY, ...(given.slow ?? given.typical) }),
})

const BLOCKED = { '[main thread blocked]': 5_000 }

describe('what limits a service', () => {
  it.each<[string, Parameters<typeof facts>[0], RegExp]>([
    [
      'nothing',
      {},
      /^Nothing stands out: a typical request takes 1\.30 ms, 46 % of it waiting for PostgreSQL\.$/,
    ],
    [
      'wait',
      { typical: { '[waiting for PostgreSQL]': 20_000 } },
      /spends 20\.0 ms of its 20\.7 ms waiting for PostgreSQL/,
    ],
    [
      'pool',
      { typical: { '[waiting for a pooled connection]': 9_000 } },
      /9\.00 ms of its 10\.3 ms waiting for a pooled connection; on average, 0\.900 requests wait for one/,
    ],
    [
      'pool',
      {
        typical: { '[waiting for PostgreSQL]': 16_000, '[waiting for a pooled connection]': 3_500 },
        slow: { '[waiting for PostgreSQL]': 16_000, '[waiting for a pooled connection]': 27_000 },
      },
      /^One request in a hundred spends 27\.0 ms of its 43\.7 ms waiting for a pooled connection; on average, 0\.350 requests wait/,
    ],
    [
      'thread pool',
      {
        typical: { '[waiting for a thread of the pool]': 9_000 },
        pool: { threads: 4, busy: [{ kind: 'crypto', share: 0.93 }] },
      },
      /; crypto keeps its 4 threads busy 93 % of the time/,
    ],
    [
      'thread pool',
      {
        // The threads of the pool also take the processors from the main thread.
        typical: {
          '[waiting for a processor]': 6_600,
          '[waiting for a thread of the pool]': 1_050,
          '[waiting for a DNS lookup]': 550,
        },
        busy: 0.03,
        delayed: 0.12,
        pool: { threads: 4, busy: [{ kind: 'crypto', share: 0.12 }] },
      },
      /^A typical request spends 1\.60 ms of its 9\.50 ms on the thread pool, 1\.05 ms of that waiting for a thread; crypto keeps its 4 threads busy 12 %/,
    ],
    [
      'thread pool',
      {
        // Short in the queue, and long on the pool.
        typical: {
          '[waiting for a processor]': 7_410,
          '[waiting for a thread of the pool]': 881,
          '[waiting for crypto on the thread pool]': 3_170,
        },
        busy: 0.03,
        delayed: 0.12,
        pool: { threads: 4, busy: [{ kind: 'crypto', share: 0.12 }] },
      },
      /^A typical request spends 4\.05 ms .* on the thread pool, 881 µs of that waiting for a thread/,
    ],
    ['own work', { typical: { '[own work]': 6_000 } }, /87 % of a typical request \(6\.00 ms\)/],
    ['garbage', { typical: { '[garbage collection]': 600 } }, /takes 32 % of a typical request/],
    [
      'processor',
      { typical: { '[waiting for a processor]': 4_000 }, delayed: 0.4 },
      /waits 4\.00 ms of its 5\.30 ms for one.* another 40 %/,
    ],
    [
      'long turns',
      { p99: 25_000, top: () => ({ ...place('compute'), cost: 700 }) },
      /a request waits 700 µs for them on average, and p99 is 25\.0 ms where p50 is 1\.30 ms/,
    ],
    [
      'long turns',
      {
        typical: { '[waiting for a processor]': 1_000 },
        p99: 25_000,
        top: () => ({ ...place('compute'), cost: 150 }),
      },
      /a request waits 150 µs/,
    ],
    ['wait', { slow: { '[waiting for Redis]': 40_000 } }, /^One request in a hundred spends 40\.0 ms/],
    ['switches', { typical: BLOCKED, switches: 400, othersSwitches: 390 }, /stops 400 times in each request/],
    ['storage', { typical: BLOCKED, blocking: [{ call: 'fsync', share: 0.2 }] }, /waiting for storage/],
    ['lock', { typical: BLOCKED, blocking: [{ call: 'futex', share: 0.2 }] }, /let go of a lock/],
    ['slow reader', { typical: BLOCKED, blocking: [{ call: 'write', share: 0.2 }] }, /whose reader is slow/],
    ['blocked', { typical: BLOCKED }, /blocked for 79 % of a typical request \(5\.00 ms of 6\.30 ms\)\.$/],
  ])('is %s', (cause, given, message) => {
    const seen = diagnose(facts(given))
    expect(seen.cause).toBe(cause)
    expect(seen.message).toMatch(message)
    expect(seen.advice === '').toBe(cause === 'nothing')
  })

  it('is in the function that waits, or works most', () => {
    expect(diagnose(facts({ typical: { '[waiting for Redis]': 9_000 } })).place?.function).toBe('getOrders')
    expect(diagnose(facts({ typical: { '[own work]': 9_000 } })).place?.function).toBe('most cpu')
    expect(diagnose(facts({ typical: { '[garbage collection]': 900 } })).place?.function).toBe(
      'most allocation',
    )
  })

  it('is told from counters alone where no requests were followed', () => {
    expect(withoutTimes(facts({ busy: 0.95 }))?.message).toBe(
      'Its own work limits it: the main thread ran 95 % of the time.',
    )
    expect(withoutTimes(facts({ busy: 0.5, delayed: 0.45 }))?.cause).toBe('processor')
    expect(withoutTimes(facts())).toBeNull()
  })
})

const row = (what: string, before: number, after: number, significant: boolean): TimeRow => ({
  what,
  place: place('getOrders'),
  before,
  after,
  interval: null,
  p: null,
  significant,
})

function times(rows: TimeRow[], variant = 'after'): RequestTimes {
  const whole = (side: 'before' | 'after') => rows.reduce((sum, it) => sum + it[side], 0)
  return {
    variant,
    baseline: 'before',
    requests: 'slow',
    followed: { before: 100, after: 100 },
    latency: { before: whole('before'), after: whole('after') },
    rows,
  }
}

describe('what made the difference', () => {
  const grown = row('[waiting for a pooled connection]', 4_000, 21_900, true)

  it('is the part that surely changed most', () => {
    const [only, ...others] = changedTimes([
      times([row('[own work]', 8_400, 9_100, true), grown, row('(rest)', 0, 30_000, false)]),
    ])
    expect(others).toEqual([])
    expect(only).toMatchObject({ variant: 'after', baseline: 'before', cause: 'pool' })
    expect(only!.message).toBe('p99 12.4 ms → 61.0 ms: +17.9 ms waiting for a pooled connection.')
    expect(only!.advice).toMatch(/allow more of them/)
  })

  test('an improvement needs no advice', () => {
    const [it] = changedTimes([times([{ ...grown, before: grown.after, after: grown.before }])])
    expect(it).toMatchObject({ cause: 'pool', advice: '' })
    expect(it!.message).toMatch(/: −17\.9 ms waiting/)
  })

  test('it is nothing where nothing is sure, or too little of the whole', () => {
    const unsure = times([{ ...grown, significant: false }, row('[own work]', 1_000, 1_100, true)])
    expect(changedTimes([unsure]).map(({ cause }) => cause)).toEqual(['nothing'])
  })

  test('a variant is not compared with itself', () => {
    expect(changedTimes([times([grown], 'before')])).toEqual([])
  })
})
