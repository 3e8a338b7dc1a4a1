/** Records of made-up launches, whose truth is known. */
import { describe, expect, it } from 'vitest'
import { encodePprof } from '../../harness/formats/index.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { normal, type Random, seededRandom } from '../../harness/stats/random.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

const REQUESTS = 1000

/** What each function really costs, µs per request; callers first. */
type Costs = Record<string, number>

const COSTS: Costs = {
  handle: 4,
  'handle list': 3,
  'handle list encode': 8,
  'handle escape': 5,
  'handle find': 2,
  emit: 2,
  '(program)': 1,
}

const FILES: Record<string, string> = {
  post: 'node:inspector',
  emit: 'node:events',
  '(program)': '',
  '(idle)': '',
  '(garbage collector)': '',
}

/** About 600 samples drawn from the costs, 1 ms each, with some idle ones. */
function profile(costs: Costs, root: string, random: Random | null): string {
  const builder = new ProfileBuilder([
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ])
  const whole = Object.values(costs).reduce((sum, cost) => sum + cost, 0)
  for (const [names, cost] of Object.entries({ ...costs, '(idle)': whole / 5, 'emit post': whole / 9 })) {
    let stack = -1
    names.split(' ').forEach((name, at) => {
      stack = builder.stack(
        stack,
        builder.location(
          builder.function(
            name,
            FILES[name] ?? `${root}/server.js`,
            name in FILES ? 0 : 10 * at + name.length,
            1,
          ),
        ),
      )
    })
    const mean = (600 * cost) / whole
    const count = random ? Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random))) : mean * 100
    builder.sample(stack, [count, count * 1e6])
  }
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

interface Given {
  rounds: number
  before?: Costs
  after: Costs
  seed?: number
  /** Without the kernel's counters, and without noise. */
  bare?: boolean
  exact?: boolean
}

function record({ rounds, before = COSTS, after, seed = 1, bare = false, exact = false }: Given): RunRecord {
  const random = exact ? null : seededRandom(seed)
  const measured = (variant: string, costs: Costs, root: string) => {
    const whole = Object.values(costs).reduce((sum, cost) => sum + cost, 0)
    const spent = whole * (random ? 1 + 0.01 * normal(random) : 1) * REQUESTS * 1000
    const counters = bare ? {} : { cpu: [spent * 1.1], mainCpu: [spent] }
    const columns = slices({ requests: [REQUESTS], ...counters })
    return launch(variant, {
      timed: columns,
      collected: {
        cpu: {
          slices: columns,
          profile: profile(costs, root, random),
          figures: {},
        },
      },
    })
  }
  const each = Array.from({ length: rounds }, () => [
    measured('before', before, '/srv/a'),
    measured('after', after, '/srv/b'),
  ])
  return run(each, { plan: { ...plan, collectors: ['cpu'], seed: 7 } })
}

const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0)

describe('without noise', () => {
  const after = { ...COSTS, 'handle escape': 6.5, 'handle list encode audit': 1 }
  const { frames, flames, budgets } = profileChanges(record({ rounds: 6, after, exact: true }))

  it('functions have their cost per request, self and with what they call', () => {
    expect(frames.find(row => row.function === 'encode')).toMatchObject({
      variant: 'after',
      baseline: 'before',
      collector: 'cpu',
      file: 'server.js',
      line: 26,
      category: 'application',
      match: 'exact',
      before: expect.closeTo(8, 5),
      after: expect.closeTo(8, 5),
      totalBefore: expect.closeTo(8, 5),
      totalAfter: expect.closeTo(9, 5),
    })
  })

  it('changes are fractions of what a request of the baseline costs, over all threads', () => {
    expect(frames.find(row => row.function === 'escape')!.change.estimate).toBeCloseTo(1.5 / 27.5, 5)
    expect(frames.find(row => row.function === 'audit')).toMatchObject({
      before: 0,
      after: expect.closeTo(1, 5),
      match: 'only after',
    })
  })

  it('idle time and the profiler’s own start do not count, but V8’s own states have rows', () => {
    for (const name of ['(idle)', 'post']) expect(frames.map(row => row.function)).not.toContain(name)
    expect(frames.find(row => row.function === '(program)')).toMatchObject({
      category: 'v8',
      before: expect.closeTo(1, 5),
    })
    expect(frames.find(row => row.function === 'emit')).toMatchObject({
      category: 'node',
      file: 'node:events',
    })
  })

  it('functions and the flame add up to the cost per request', () => {
    expect(total(frames.map(row => row.before))).toBeCloseTo(25, 5)
    expect([total(flames[0]!.before), total(flames[0]!.after)]).toEqual([
      expect.closeTo(25, 5),
      expect.closeTo(27.5, 5),
    ])
    expect(flames[0]).toMatchObject({ variant: 'after', baseline: 'before', collector: 'cpu', unit: 'µs' })
  })

  it('the budget compares the functions with the whole, and has the rest', () => {
    expect(budgets).toEqual([
      {
        variant: 'after',
        collector: 'cpu',
        unit: 'µs',
        functions: expect.closeTo(2.5, 5),
        whole: expect.closeTo(2.75, 5),
        rest: expect.closeTo(0.25, 5),
      },
    ])
  })

  it('sampled time is used where the kernel’s counters are missing', () => {
    const bare = profileChanges(record({ rounds: 2, after, exact: true, bare: true }))
    // 600 × 100 samples of 1 ms over 1,000 requests on either side.
    expect(total(bare.flames[0]!.before)).toBeCloseTo(60_000, 0)
    expect(bare.budgets[0]!.rest).toBeCloseTo(0, 5)
  })
})

describe('the flame', () => {
  const { flames } = profileChanges(
    record({
      rounds: 8,
      after: { ...COSTS, 'handle find': 0.01 },
      before: { ...COSTS, 'handle tiny': 0.01 },
    }),
  )
  const flame = flames[0]!

  it('has parents before children, and lists every function that it refers to', () => {
    expect(flame.parent.every((parent, at) => parent < at)).toBe(true)
    expect(new Set(flame.frame)).toEqual(new Set(flame.frames.keys()))
    expect(flame.frames.map(frame => frame.file)).toContain('server.js')
  })

  it('merges small calls, so that it still adds up', () => {
    expect(flame.frames.map(frame => frame.function)).not.toContain('tiny')
  })

  it('has an interval for the change of a call with its callees', () => {
    const find = flame.frame.indexOf(flame.frames.findIndex(frame => frame.function === 'find'))
    expect(flame.high[find]).toBeLessThan(0)
  })
})

describe('with noise', () => {
  const injected = { ...COSTS, 'handle escape': COSTS['handle escape']! + 1.25 }

  it('the function with 5 % more work comes first, significant, and about right', () => {
    const runs = Array.from(
      { length: 20 },
      (_, seed) => profileChanges(record({ rounds: 12, after: injected, seed: seed + 1 })).frames,
    )
    const first = runs.map(frames => frames[0]!)
    expect(first.filter(row => row.function === 'escape').length).toBeGreaterThanOrEqual(19)
    expect(first.filter(row => row.function === 'escape' && row.significant).length).toBeGreaterThanOrEqual(
      18,
    )
    const estimates = first.map(row => row.change.estimate).sort((a, b) => a - b)
    expect(Math.abs(estimates[10]! / 0.05 - 1)).toBeLessThan(0.25)
    for (const row of first.filter(each => each.significant)) expect(row.change.low).toBeGreaterThan(0)
  })

  it('its callers are significant with their callees, but not alone', () => {
    const { frames } = profileChanges(record({ rounds: 12, after: injected, seed: 3 }))
    const sure = frames.filter(row => row.withCallees!.significant).map(row => row.function)
    expect(sure).toEqual(expect.arrayContaining(['escape', 'handle']))
    expect(frames.find(row => row.function === 'handle')!.significant).toBe(false)
  })

  it('no function is significant when nothing changed', () => {
    const runs = Array.from(
      { length: 20 },
      (_, seed) => profileChanges(record({ rounds: 12, after: COSTS, seed: seed + 100 })).frames,
    )
    expect(runs.filter(frames => frames.some(row => row.significant)).length).toBeLessThanOrEqual(2)
  })

  it('every row says what change it could have shown', () => {
    const { frames } = profileChanges(record({ rounds: 12, after: COSTS, seed: 5 }))
    for (const { detectable } of frames) expect(detectable).toBeGreaterThan(0)
    expect(Math.max(...frames.map(row => row.detectable!))).toBeLessThan(0.1)
  })
})

describe('few rounds', () => {
  it('two rounds give intervals, but nothing is significant', () => {
    const { frames } = profileChanges(
      record({ rounds: 2, after: { ...COSTS, 'handle escape': 50 }, exact: true }),
    )
    expect(frames[0]).toMatchObject({ function: 'escape', significant: false, p: null, detectable: null })
    expect(frames[0]!.withCallees).toBeUndefined()
  })

  it('one round gives a flame without intervals, and no rows', () => {
    const { frames, flames, budgets } = profileChanges(record({ rounds: 1, after: COSTS }))
    expect([frames, budgets]).toEqual([[], []])
    expect(flames[0]!.low.every(low => low === null)).toBe(true)
  })

  it('no round gives nothing', () => {
    expect(profileChanges(record({ rounds: 0, after: COSTS }))).toEqual({
      frames: [],
      flames: [],
      budgets: [],
      culprits: [],
      owners: [],
    })
  })
})
