import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unusable } from '../../harness/analyze/answers.ts'
import { analyze, comparisonsOf } from '../../harness/analyze/index.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { Sample } from '../../harness/model/evidence.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import { answered, codesOf, concluded, GATES, METRICS, rounds } from './answered.ts'
import { evidence, launch, plan, QUIET, run, slices } from './records.ts'

describe('some wrong answers', () => {
  const costing = (variant: string, cost: number, wrong: number) => {
    const given = answered(variant, wrong)
    return { ...given, timed: { ...given.timed, cpu: [300 * cost, 0, 0] } }
  }
  const verdictOf = (before: [cost: number, wrong: number], after: [cost: number, wrong: number]) => {
    const given = run(rounds(12, costing('before', ...before), costing('after', ...after)))
    return concluded(given, [GATES.cpu!]).verdict
  }

  test('that are cheap do not hide a regression', () => {
    // A tenth of the answers costs nothing, the others a ninth more.
    const { status, gates } = verdictOf([5_000, 0], [5_000, 30])
    expect(status).toBe('not comparable')
    expect(gates[0]!.reason).toMatch(/if wrong answers cost nothing, the change is \+11\.1 %\.$/)
  })

  test.each<[string, [number, number], [number, number], string]>([
    ['are not an improvement', [5_000, 0], [4_500, 30], 'fine'],
    ['leave an improvement that is larger', [5_000, 0], [3_000, 30], 'improved'],
    ['leave a regression', [5_000, 0], [6_000, 30], 'regressed'],
    ['that are gone are not a regression', [4_500, 30], [5_000, 0], 'not comparable'],
    ['on both sides leave a verdict', [5_000, 30], [5_010, 30], 'fine'],
    ['one in three hundred leaves a verdict', [5_000, 0], [5_010, 1], 'fine'],
  ])('%s', (_, before, after, status) => {
    expect(verdictOf(before, after).status).toBe(status)
  })

  test('a run has a verdict as long as they are fewer than half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (before, after) => {
        const given = evidence(rounds(4, answered('before', before), answered('after', after)))
        const wrong = [before, after].filter(count => count >= 150).length
        expect(unusable(given)).toHaveLength(wrong)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a capacity', () => {
  const seeking = { plan: { ...plan, capacity: { percentile: 99, limit: 50_000 } } }
  const trial = (rate: number, passed: boolean, wrong = 0) => ({
    rate,
    passed,
    latency: 900,
    ...(wrong > 0 && {
      unexpected: {
        requests: 100,
        failures: [{ step: 'GET /', kind: 'unexpected' as const, reason: 'status 429', count: wrong }],
      },
    }),
  })
  const told = (...trials: ReturnType<typeof trial>[]) => {
    const given = { timed: slices({}), capacity: { rate: 1_000, trials } }
    const measured = run(rounds(4, launch('before', given), launch('after', given)), seeking)
    return {
      reasons: unusable(evidenceOfRun(measured)).map(({ reason }) => reason),
      codes: codesOf(concluded(measured, [])),
    }
  }

  test('that is bounded by wrong answers is not usable', () => {
    expect(told(trial(900, true), trial(1_100, false, 80), trial(2_000, false, 1))).toEqual({
      reasons: [
        '80 % of the 400 requests to Before went wrong (320 × GET /: status 429).',
        '80 % of the 400 requests to After went wrong (320 × GET /: status 429).',
      ],
      codes: ['rate-limited'],
    })
  })

  test('that is bounded by latency or by some shed load is usable, whatever is answered at higher rates', () => {
    const none = { reasons: [], codes: [] }
    expect(told(trial(900, true), trial(1_100, false), trial(2_000, false, 100))).toEqual(none)
    expect(told(trial(900, true), trial(1_100, false, 20))).toEqual(none)
  })
})

describe('findings', () => {
  const found = (after: LaunchRecord) => {
    const { analysis } = concluded(run(rounds(4, answered('before', 0), after)), [])
    return analysis.findings.filter(({ severity }) => severity === 'error')
  }

  test.each(['status 429', 'status 503 with retry-after', 'status 403 with x-ratelimit-remaining at 0'])(
    'a rate limiter is recognised by %s, and the advice says what to do',
    reason => {
      expect(found(answered('after', 150, { reason, sample: 'slow down' }))).toMatchObject([
        {
          code: 'rate-limited',
          message: `600 of 2400 answers look like those of a rate limiter: 0 of Before, 600 of After (600 × GET /: ${reason}; for example \`slow down\`).`,
          advice: expect.stringMatching(/limiter off .* environment/s),
        },
      ])
    },
  )

  test('other wrong answers are reported by variant', () => {
    expect(found(answered('after', 10, { reason: 'status 500' }))).toMatchObject([
      {
        code: 'unexpected-answers',
        message:
          '40 of 2400 answers were not what the script expects: 0 of Before, 40 of After (40 × GET /: status 500).',
      },
    ])
  })

  test('a profile of wrong answers is left out and named', () => {
    const capture = (unexpected: number) => ({
      slices: slices({ ...QUIET, unexpected: [unexpected, unexpected, unexpected] }),
      figures: { live: 7 },
    })
    const liveHeap = {
      ...METRICS[0]!,
      id: 'heap.live',
      measure: ({ collected }: Sample) => collected.heap?.figures.live ?? null,
    }
    const with_ = (unexpected: number) =>
      evidence(
        rounds(
          4,
          answered('before', 0),
          answered('after', 0, {}, { collected: { heap: capture(unexpected) } }),
        ),
      )
    const rows = (unexpected: number) =>
      comparisonsOf(with_(unexpected), [liveHeap]).map(({ after }) => after)
    expect([rows(49), rows(50)]).toEqual([[7], []])
    expect(analyze(with_(49), METRICS).findings).toEqual([])
    expect(analyze(with_(50), METRICS).findings).toMatchObject([
      {
        code: 'wrong-profiles',
        severity: 'error',
        message: expect.stringMatching(/left out: After \(heap\)\.$/),
      },
    ])
  })
})
