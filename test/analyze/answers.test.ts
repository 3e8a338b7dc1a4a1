import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unusable } from '../../harness/analyze/answers.ts'
import { analyze, comparisonsOf, joinRecords } from '../../harness/analyze/index.ts'
import { judge } from '../../harness/judge/index.ts'
import cpu from '../../harness/metrics/cpu-per-request.ts'
import errors from '../../harness/metrics/errors.ts'
import bytes from '../../harness/metrics/response-bytes.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { Failure, LaunchRecord, RunRecord } from '../../harness/model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../harness/stats/histogram.ts'
import { launch, plan, QUIET, run, slices } from './records.ts'

const METRICS = [cpu, errors, bytes]
const GATES: Record<string, Gate> = {
  cpu: { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
  errors: { metric: 'errors', max: 0, level: 'error' },
  warning: { metric: 'cpu.perRequest', margin: 0.02, level: 'warn' },
}

function histogram(count: number): string {
  const made = createHistogram()
  for (let i = 0; i < count; i++) record(made, 100)
  return encodeHistogram(made)
}

interface Gone {
  reason?: string
  kind?: Failure['kind']
  step?: string
  sample?: string
}

/** A launch of 300 requests to one step, so many of which went wrong. */
function answered(variant: string, wrong: number, gone: Gone = {}, given: Partial<LaunchRecord> = {}) {
  const { reason = 'status 429', kind = 'unexpected', step = 'GET /', ...more } = gone
  const lost = kind === 'error' ? wrong : 0
  const noLatency = reason === 'it timed out' ? 0 : lost
  const column = (total: number) => [total, 0, 0]
  return launch(variant, {
    timed: slices({
      ...QUIET,
      requests: column(300 - lost),
      errors: column(lost),
      unexpected: column(wrong - lost),
    }),
    latency: [histogram(300 - noLatency)],
    ...(wrong > 0 && { failures: [{ step, kind, reason, count: wrong, ...more }] }),
    ...given,
  })
}

const rounds = (count: number, before: LaunchRecord, after: LaunchRecord): LaunchRecord[][] =>
  new Array(count).fill([before, after])

function concluded(measured: RunRecord, gates: Gate[], more: Partial<RunRecord['plan']> = {}) {
  const whole = { ...measured, plan: { ...measured.plan, gates, ...more } }
  const analysis = analyze(whole, METRICS)
  return { analysis, verdict: judge(analysis, whole) }
}

const wordsOf = ({ analysis }: ReturnType<typeof concluded>) =>
  Object.fromEntries(analysis.comparisons.map(({ metric, verdict }) => [metric, verdict]))

const codesOf = ({ analysis }: ReturnType<typeof concluded>) =>
  analysis.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)

describe('nothing but wrong answers', () => {
  test.each<[string, number, number, Gone]>([
    ['of both sides', 298, 298, {}],
    ['of the variant', 0, 298, {}],
    ['of the baseline', 298, 0, {}],
    ['half of one side’s', 0, 150, {}],
    ['lost requests', 200, 200, { kind: 'error', reason: 'the connection was closed' }],
    ['requests that timed out', 300, 300, { kind: 'error', reason: 'it timed out' }],
  ])('%s leave no verdict on cost, whatever they cost', (_, before, after, gone) => {
    const given = run(rounds(10, answered('before', before, gone), answered('after', after, gone)))
    const { analysis, verdict } = concluded(given, [GATES.cpu!])
    expect(verdict).toMatchObject({
      status: 'not comparable',
      decided: true,
      gates: [{ status: 'not comparable', change: null }],
    })
    expect(verdict.unusable).toMatch(/% of the \d+ requests to (Before|After) went wrong \(\d+ × GET \/: /)
    expect(analysis.comparisons.map(({ change }) => change)).toEqual(
      analysis.comparisons.map(({ metric, change }) => (metric === 'errors' && before === 0 ? change : null)),
    )
  })

  test.each<[string, Gate[], Partial<RunRecord['plan']>]>([
    ['nothing', [], {}],
    ['errors', [GATES.errors!], {}],
    ['with a warning', [GATES.warning!], {}],
    ['nothing, in a quick run', [GATES.cpu!], { quick: true }],
  ])('leave none where %s is gated', (_, gates, more) => {
    const given = run(rounds(4, answered('before', 299), answered('after', 299)))
    const { verdict } = concluded(given, gates, more)
    expect(verdict).toMatchObject({ status: 'not comparable', decided: true })
    expect(verdict.unusable).toMatch(
      /^99\.6 % of the 1200 requests to Before went wrong \(1196 × GET \/: status 429\)\. 99\.6 % .* to After /,
    )
  })

  test('of the variant alone are a regression where errors are gated, and none of cost', () => {
    const given = run(rounds(4, answered('before', 0), answered('after', 299)))
    const told = concluded(given, [GATES.cpu!, GATES.errors!])
    expect(told.verdict.gates.map(({ status }) => status)).toEqual(['not comparable', 'regressed'])
    expect(told.verdict.status).toBe('regressed')
    expect(wordsOf(told)).toMatchObject({
      'cpu.perRequest': 'not comparable',
      'response.bytes': 'not comparable',
      errors: 'regressed',
    })
  })

  test('of the baseline alone are no improvement', () => {
    const given = run(rounds(4, answered('before', 299), answered('after', 0)))
    const told = concluded(given, [GATES.cpu!, GATES.errors!])
    expect(told.verdict.gates.map(({ status }) => status)).toEqual(['not comparable', 'not comparable'])
    expect(new Set(Object.values(wordsOf(told)))).toEqual(new Set(['not comparable']))
  })

  test('of one variant leave the others their verdict', () => {
    const variants = [...plan.variants, { ...plan.variants[1]!, id: 'third', label: 'Third' }]
    const launches = [answered('before', 0), answered('after', 299), answered('third', 0)]
    const given = run(new Array(10).fill(launches), { plan: { ...plan, variants } })
    const { verdict } = concluded(given, [GATES.cpu!])
    expect(verdict.gates.map(({ variant, status }) => [variant, status])).toEqual([
      ['after', 'not comparable'],
      ['third', 'fine'],
    ])
    expect(verdict).toMatchObject({
      status: 'not comparable',
      unusable: expect.not.stringContaining('Third'),
    })
  })

  test('of a variant that is measured alone are told too', () => {
    const given = run(new Array(2).fill([answered('before', 299)]), {
      plan: { ...plan, variants: plan.variants.slice(0, 1) },
    })
    expect(concluded(given, []).verdict).toMatchObject({ status: 'not comparable', gates: [] })
  })

  test('in a record that is compared with leave nothing to compare', () => {
    const side = (wrong: number) => run(new Array(6).fill([answered('after', wrong)]))
    for (const [before, after] of [
      [299, 0],
      [0, 299],
    ] as const) {
      const joined = joinRecords(side(before), side(after), 'after', {
        output: '',
        repeat: '',
        gates: [GATES.cpu!],
      })
      const told = concluded(joined, [GATES.cpu!])
      expect(told.verdict).toMatchObject({ status: 'not comparable', unusable: expect.any(String) })
      expect(wordsOf(told)['cpu.perRequest']).toBe('not comparable')
    }
  })

  test('are known in records that do not tell steps and reasons', () => {
    const timed = slices({ ...QUIET, unexpected: [100, 100, 0] })
    const given = run(rounds(4, launch('before', { timed }), launch('after', { timed })))
    expect(unusable(given).map(({ reason }) => reason)).toEqual([
      '66.6 % of the 1200 requests to Before went wrong.',
      '66.6 % of the 1200 requests to After went wrong.',
    ])
  })
})

describe('a step of several', () => {
  const steps = ['POST /login', 'GET /a', 'GET /b', 'GET /c'].map(name => ({
    name,
    method: 'GET',
    path: '/',
  }))
  const flow = (variant: string, wrong: number) =>
    launch(variant, {
      timed: slices({ ...QUIET, unexpected: [wrong, 0, 0] }),
      latency: steps.map(() => histogram(75)),
      failures: [{ step: 'POST /login', kind: 'unexpected', reason: 'status 401', count: wrong }],
    })
  const told = (wrong: number) => {
    const given = run(rounds(10, flow('before', wrong), flow('after', wrong)), {
      plan: { ...plan, load: { ...plan.load, steps } },
    })
    return concluded(given, [GATES.cpu!])
  }

  test('that goes wrong leaves no verdict, though the others go well', () => {
    const { verdict } = told(75)
    expect(verdict.status).toBe('not comparable')
    expect(verdict.unusable).toContain(
      '100 % of the 750 requests of POST /login to Before went wrong (750 × POST /login: status 401).',
    )
  })

  test('that goes wrong now and then is told, and compared', () => {
    expect(told(30).verdict.status).toBe('fine')
    expect(codesOf(told(30))).toEqual(['unexpected-answers'])
  })
})

describe('rounds', () => {
  const mixed = (spoilt: number) =>
    run([
      ...rounds(spoilt, answered('before', 0), answered('after', 290)),
      ...rounds(12 - spoilt, answered('before', 0), answered('after', 0)),
    ])

  test('that went wrong carry nothing, while they are few', () => {
    const { analysis, verdict } = concluded(mixed(4), [GATES.cpu!])
    expect(verdict.status).toBe('fine')
    expect(analysis.comparisons[0]).toMatchObject({ metric: 'cpu.perRequest', rounds: 8 })
    expect(analysis.leftOut).toEqual(
      [1, 2, 3, 4].map(round => ({ round, reason: 'most of what a launch was asked went wrong' })),
    )
  })

  test('that are many leave no verdict, and are counted', () => {
    const { verdict } = concluded(mixed(5), [GATES.cpu!])
    expect(verdict.status).toBe('not comparable')
    expect(verdict.unusable).toMatch(/^In 5 of 12 rounds 96\.6 % of the 1500 requests to After went wrong/)
  })
})

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
    ['are no improvement', [5_000, 0], [4_500, 30], 'fine'],
    ['leave an improvement that is larger', [5_000, 0], [3_000, 30], 'improved'],
    ['leave a regression', [5_000, 0], [6_000, 30], 'regressed'],
    ['that are gone are no regression', [4_500, 30], [5_000, 0], 'not comparable'],
    ['of both sides alike leave a verdict', [5_000, 30], [5_010, 30], 'fine'],
    ['one in three hundred leaves a verdict', [5_000, 0], [5_010, 1], 'fine'],
  ])('%s', (_, before, after, status) => {
    expect(verdictOf(before, after).status).toBe(status)
  })

  test('whatever they cost, a run with less than half of them has a verdict', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (before, after) => {
        const given = run(rounds(4, answered('before', before), answered('after', after)))
        const wrong = [before, after].filter(count => count >= 150).length
        expect(unusable(given)).toHaveLength(wrong)
      }),
      { numRuns: 50 },
    )
  })
})

describe('findings', () => {
  const found = (after: LaunchRecord) => {
    const { analysis } = concluded(run(rounds(4, answered('before', 0), after)), [])
    return analysis.findings.filter(({ severity }) => severity === 'error')
  }

  test.each(['status 429', 'status 503 with retry-after', 'status 403 with x-ratelimit-remaining at 0'])(
    'a rate limiter is known by %s, and what to do about it is told',
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

  test('of other answers it is told whose they are', () => {
    expect(found(answered('after', 10, { reason: 'status 500' }))).toMatchObject([
      {
        code: 'unexpected-answers',
        message:
          '40 of 2400 answers were not what the script expects: 0 of Before, 40 of After (40 × GET /: status 500).',
      },
    ])
  })

  test('a profile of wrong answers is left out, and named', () => {
    const capture = (unexpected: number) => ({
      slices: slices({ ...QUIET, unexpected: [unexpected, unexpected, unexpected] }),
      figures: { live: 7 },
    })
    const liveHeap = {
      ...cpu,
      id: 'heap.live',
      measure: ({ captures }: LaunchRecord) => captures.heap?.figures.live ?? null,
    }
    const with_ = (unexpected: number) =>
      run(
        rounds(
          4,
          answered('before', 0),
          answered('after', 0, {}, { captures: { heap: capture(unexpected) } }),
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
