import { describe, expect, it } from 'vitest'
import type { CallChange, Culprit, OwnerChange } from '../../harness/model/flame.ts'
import type { Report } from '../../harness/model/report.ts'
import { causes, culprits, responsible } from '../../reports/shared/culprits.ts'
import { family, regressed, regressedWith } from './variations.ts'

const CULPRIT: Culprit = {
  variant: 'extra',
  baseline: 'plain',
  collector: 'cpu',
  unit: 'µs',
  per: 'per request',
  function: 'parse',
  file: 'node_modules/lib/parse.js',
  line: 12,
  category: 'dependency',
  owner: 'lib',
  before: 10,
  after: 50,
  interval: { estimate: 40, low: 35, high: 45 },
  whole: 45,
  cause: { kind: 'own work' },
}

/** What it calls costs more, and is in the same package. */
const CALL: CallChange = { kind: 'new call', callee: 'createKey', owner: 'lib', before: 0, after: 34 }

/** What is said of the regression if these functions hold its change. */
function said(...found: Partial<Culprit>[]): string[] {
  const report: Report = regressed()
  const { variant } = report.analysis.frames[0]!
  report.analysis.culprits = found.map(it => ({ ...CULPRIT, variant, ...it }))
  report.analysis.latency = []
  return culprits(report, variant)
}

it.each<[Partial<Culprit>, string]>([
  [{}, 'lib: parse (parse.js:12) does more work itself (+40.0 µs of +45.0 µs per request)'],
  [
    { before: 50, after: 10, whole: -45, interval: { estimate: -40, low: -45, high: -35 } },
    'lib: parse (parse.js:12) does less work itself (−40.0 µs of −45.0 µs per request)',
  ],
  [
    { function: '(anonymous 12:4)', caller: 'read', cause: CALL },
    'lib: the function at parse.js:12, called by read, now calls createKey (+34.0 of its +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { function: '(anonymous 12:4)', caller: '(anonymous 3:1)', cause: { ...CALL, at: 31 } },
    'lib: the function at parse.js:12 now calls createKey at parse.js:31 (+34.0 of its +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { cause: { ...CALL, at: 12, after: 0.7 } },
    'lib: parse (parse.js:12) now calls createKey (+700 ns of its +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { cause: { ...CALL, after: 40 } },
    'lib: parse (parse.js:12) now calls createKey (+40.0 µs of +45.0 µs per request)',
  ],
  [
    { cause: { ...CALL, after: 44 } },
    'lib: parse (parse.js:12) now calls createKey (+44.0 µs; net +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { cause: CALL, whole: 36 },
    'lib: parse (parse.js:12) now calls createKey (+34.0 of its +36.0 µs per request, all of the change)',
  ],
  [
    { cause: { ...CALL, after: 37 }, whole: 36 },
    'lib: parse (parse.js:12) now calls createKey (+36.0 µs per request, all of the change)',
  ],
  [
    { before: 50, after: 10, whole: -45, cause: { ...CALL, kind: 'dropped call', before: 30, after: 0 } },
    'lib: parse (parse.js:12) no longer calls createKey (−30.0 of its −40.0 µs; whole −45.0 µs per request)',
  ],
  [
    {
      owner: 'application',
      category: 'application',
      file: 'server.js',
      cause: { ...CALL, kind: 'other call', callee: 'inst.parse', instead: 'parse', owner: 'zod', at: 14 },
    },
    'parse (server.js:12) calls inst.parse of zod instead of parse at server.js:14 (+34.0 of its +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { cause: { ...CALL, kind: 'call', callee: 'slice', owner: 'V8' } },
    'lib: parse (parse.js:12) spends more in slice of V8 itself (garbage collector, compiler) (+34.0 of its +40.0 µs; whole +45.0 µs per request)',
  ],
  [
    { before: 0, owner: 'application', category: 'application', file: 'server.js' },
    'parse (server.js:12) cost next to nothing before (+45.0 µs per request, all of the change)',
  ],
  [
    { owner: '@koa/router', version: '13.1.1', file: 'node_modules/@koa/router/lib/router.js' },
    '@koa/router@13.1.1: parse (lib/router.js:12) does more work itself (+40.0 µs of +45.0 µs per request)',
  ],
  [
    { file: 'node_modules/a/node_modules/lib/x.js' },
    'lib: parse (x.js:12) does more work itself (+40.0 µs of +45.0 µs per request)',
  ],
])('says what changed in a function: %j', (culprit, line) => {
  expect(said(culprit)).toEqual([line])
})

it.each<[string, Partial<Culprit>, number | undefined]>([
  ['the line of the call', { path: '/srv/lib/parse.js', cause: { ...CALL, at: 31 } }, 31],
  ['its function, where the line is not known', { path: '/srv/lib/parse.js', cause: CALL }, 12],
  [
    'its function, where that cost nothing itself',
    { path: '/srv/a.js', before: 0, cause: { ...CALL, at: 31 } },
    12,
  ],
  ['nothing, where only the baseline has it', { cause: { ...CALL, at: 31 } }, undefined],
])('is placed at %s', (_, culprit, line) => {
  const report = regressed()
  const { variant } = report.analysis.frames[0]!
  report.analysis.culprits = [{ ...CULPRIT, variant, ...culprit }]
  expect(causes(report, variant)[0]!.place?.line).toBe(line)
})

describe('of a change that is mostly V8’s own', () => {
  const GARBAGE: Culprit = { ...CULPRIT, collector: 'allocation', unit: 'bytes', whole: 50 }

  /** What is said when a function allocates more, and V8 has most of the change of CPU. */
  function saidOf(garbage: Partial<Culprit>, others: Partial<Culprit>[] = [], after = 30): string[] {
    const report: Report = regressed()
    const { variant } = report.analysis.frames[0]!
    const ofV8: Partial<OwnerChange> = { kind: 'v8', owner: 'V8', before: 20, after }
    Object.assign(report.analysis.owners[0]!, ofV8)
    report.analysis.culprits = [...others, { ...GARBAGE, ...garbage }].map(it => ({
      ...CULPRIT,
      ...it,
      variant,
    }))
    report.analysis.latency = []
    return culprits(report, variant)
  }

  const OWNER = expect.stringMatching(/^spread over many functions, most of it in V8 itself/)

  it.each<[Partial<Culprit>, string]>([
    [{}, 'lib: parse (parse.js:12) allocates more itself (+40.0 B of +50.0 B allocated per request)'],
    [
      { cause: { ...CALL, kind: 'call', after: 40 }, whole: 40 },
      'lib: parse (parse.js:12) allocates more in createKey (+40.0 B allocated per request, all of the change)',
    ],
    [
      { before: 0, whole: 50 },
      'lib: parse (parse.js:12) allocated next to nothing before (+50.0 B allocated per request, all of the change)',
    ],
  ])('says which function allocates more: %j', (garbage, line) => {
    expect(saidOf(garbage)).toEqual([line, OWNER])
  })

  it('says nothing of bytes where a function holds the change, or where they went the other way', () => {
    expect(saidOf({}, [CULPRIT])).toEqual([expect.stringMatching(/does more work itself/)])
    expect(saidOf({}, [], 10)).toEqual([OWNER])
    expect(saidOf({ interval: { estimate: 40, low: -5, high: 85 } })).toEqual([OWNER])
  })
})

it('says nothing of a function whose change may be chance', () => {
  expect(said({ interval: { estimate: 40, low: -5, high: 85 } }, { interval: null })).toEqual([
    expect.stringMatching(/^spread over many functions, most of it in the application \(\+/),
  ])
})

it('names the owner of most of a change that no few functions hold', () => {
  const report = regressed()
  const { variant } = report.analysis.frames[0]!
  report.analysis.culprits = []
  report.analysis.latency = []
  expect(culprits(report, variant)).toEqual([
    expect.stringMatching(
      /^spread over many functions, most of it in the application \(\+\d+ µs per request\)$/,
    ),
  ])
  const [owner] = report.analysis.owners
  Object.assign(owner!, { kind: 'dependency', owner: 'zod', versions: { before: '3.25.76', after: '4.1.0' } })
  expect(culprits(report, variant)[0]).toMatch(/, most of it in zod@4\.1\.0 \(\+/)
  report.analysis.owners = []
  expect(culprits(report, variant)).toEqual([])
})

it('names the step whose quickest answers got slower, not one that waits in the same queue', () => {
  const report = regressedWith('GET /stock')
  const { variant } = report.analysis.frames[0]!
  expect(culprits(report, variant).at(-1)).toMatch(/^GET \/orders slowed most/)
  // Its median is worse, but its quickest answers are as quick as before.
  const [, queued] = report.analysis.latency.filter(({ step }) => step === 'GET /stock')
  for (const point of queued!.points) if (point.percentile >= 50) point.value *= 10
  expect(culprits(report, variant).at(-1)).toMatch(/^GET \/orders slowed most/)
})

it('names the variant in each line only if several variants regressed', () => {
  const one = regressed()
  expect(responsible(one)).toEqual(
    culprits(one, one.verdict.gates.find(it => it.status === 'regressed')!.variant),
  )
  const several = family()
  for (const gate of several.verdict.gates) gate.status = 'regressed'
  const labels = several.run.plan.variants
    .filter(({ id }) => several.verdict.gates.some(({ variant }) => variant === id))
    .map(({ label }) => label)
  const lines = responsible(several)
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(labels.some(label => line.startsWith(`${label}: `))).toBe(true)
})
