import { describe, expect, test } from 'vitest'
import { unusable } from '../../harness/analyze/answers.ts'
import { evidenceOfRecords, evidenceOfRun } from '../../harness/evidence/index.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import {
  answered,
  codesOf,
  concluded,
  GATES,
  type Gone,
  histogram,
  judgedOn,
  rounds,
  wordsOf,
} from './answered.ts'
import { launch, plan, QUIET, run, slices } from './records.ts'

describe('nothing but wrong answers', () => {
  test.each<[string, number, number, Gone]>([
    ['of both sides', 298, 298, {}],
    ['of the variant', 0, 298, {}],
    ['of the baseline', 298, 0, {}],
    ['half of one side’s', 0, 150, {}],
    ['lost requests', 200, 200, { kind: 'error', reason: 'the connection was closed' }],
    ['requests that timed out', 300, 300, { kind: 'error', reason: 'it timed out' }],
  ])('%s leave no verdict on cost', (_, before, after, gone) => {
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
      /^99\.7 % of the 1200 requests to Before went wrong \(1196 × GET \/: status 429\)\. 99\.7 % .* to After /,
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

  test('of the baseline alone are not an improvement', () => {
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

  test('of a variant that is measured alone are reported too', () => {
    const given = run(new Array(2).fill([answered('before', 299)]), {
      plan: { ...plan, variants: plan.variants.slice(0, 1) },
    })
    expect(concluded(given, []).verdict).toMatchObject({ status: 'not comparable', gates: [] })
  })

  test('in either of two records leave nothing to compare', () => {
    const side = (wrong: number) =>
      run(new Array(6).fill([answered('after', wrong)]), { plan: { ...plan, gates: [GATES.cpu!] } })
    for (const [before, after] of [
      [299, 0],
      [0, 299],
    ] as const) {
      const later = side(after)
      const told = judgedOn(evidenceOfRecords(side(before), later, 'after'), later)
      expect(told.verdict).toMatchObject({ status: 'not comparable', unusable: expect.any(String) })
      expect(wordsOf(told)['cpu.perRequest']).toBe('not comparable')
    }
  })

  test('are counted in records without steps and reasons', () => {
    const timed = slices({ ...QUIET, unexpected: [100, 100, 0] })
    const given = run(rounds(4, launch('before', { timed }), launch('after', { timed })))
    expect(unusable(evidenceOfRun(given)).map(({ reason }) => reason)).toEqual([
      '67 % of the 1200 requests to Before went wrong.',
      '67 % of the 1200 requests to After went wrong.',
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
      histograms: { latency: steps.map(() => histogram(75)) },
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

  test('whose requests time out is counted once, though they have a latency too', () => {
    const lost = (variant: string) =>
      launch(variant, {
        timed: slices({ ...QUIET, requests: [255, 0, 0], errors: [45, 0, 0] }),
        histograms: { latency: steps.map(() => histogram(75)) },
        failures: [{ step: 'GET /b', kind: 'error', reason: 'it timed out', count: 45 }],
      })
    const given = run(rounds(4, lost('before'), lost('after')), {
      plan: { ...plan, load: { ...plan.load, steps } },
    })
    expect(unusable(evidenceOfRun(given))[0]!.reason).toBe(
      '60 % of the 300 requests of GET /b to Before went wrong (180 × GET /b: it timed out).',
    )
  })

  test('that goes wrong now and then is reported, and compared', () => {
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

  test('that went wrong are left out while they are few', () => {
    const { analysis, verdict } = concluded(mixed(4), [GATES.cpu!])
    expect(verdict.status).toBe('fine')
    expect(analysis.comparisons[0]).toMatchObject({ metric: 'cpu.perRequest', rounds: 8 })
    expect(analysis.leftOut).toEqual(
      [1, 2, 3, 4].map(round => ({ round, reason: 'most requests to one launch went wrong' })),
    )
  })

  test('that went wrong often leave no verdict, and are counted', () => {
    const { verdict } = concluded(mixed(5), [GATES.cpu!])
    expect(verdict.status).toBe('not comparable')
    expect(verdict.unusable).toMatch(/^In 5 of 12 rounds 96\.7 % of the 1500 requests to After went wrong/)
  })
})
