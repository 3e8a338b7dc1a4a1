import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGate, planGates } from '../../harness/plan/gates.ts'
import { METRICS } from './world.ts'

const scenario = (specs: Parameters<typeof planGates>[0], request = {}) =>
  planGates(specs, request, METRICS, 'demo.ts')

test.each([
  ['cpu.perRequest<=+2%', { metric: 'cpu.perRequest', margin: 0.02 }],
  [' cpu.perRequest <= +2.5 % ', { metric: 'cpu.perRequest', margin: 0.025 }],
  ['throughput>=-5%', { metric: 'throughput', margin: 0.05 }],
  ['latency.p99<=250ms', { metric: 'latency.p99', max: 250_000 }],
  ['latency.p99<=250', { metric: 'latency.p99', max: 250 }],
  ['memory.allocated<=2 KiB', { metric: 'memory.allocated', max: 2_048 }],
  ['eventLoop.utilization<=80%', { metric: 'eventLoop.utilization', max: 0.8 }],
  ['errors<=0', { metric: 'errors', max: 0 }],
])('%s', (text, gate) => {
  expect(parseGate(text, METRICS)).toEqual({ ...gate, level: 'error' })
})

test.each([
  ['cpu.perRequest', /is not a gate/],
  ['cpu.perRequest<+2%', /is not a gate/],
  ['cpu.perReqest<=+2%', /no metric `cpu.perReqest`/],
  ['cpu.perRequest>=+2%', /lower is better/],
  ['throughput<=-5%', /higher is better/],
  ['cpu.perRequest<=-2%', /points the wrong way/],
  ['throughput>=5000', /cannot have an upper limit/],
  ['cpu.perRequest<=+0%', /cannot be decided/],
  ['cpu.perRequest<=+two%', /is not a percentage/],
  ['cpu.perRequest<=2%', /is not a quantity/],
  ['latency.p99<=250 MiB', /is not a quantity/],
  ['errors<=Infinity', /is not a quantity/],
  ['errors<=NaN', /is not a quantity/],
])('%s is refused', (text, message) => {
  expect(() => parseGate(text, METRICS)).toThrow(message)
})

test.each([
  ['cpu.perRequest<=-10%', { metric: 'cpu.perRequest', margin: 0.02, expect: 0.1, level: 'error' }],
  ['throughput>=+5%', { metric: 'throughput', expect: 0.05, level: 'error' }],
])('--expect %s is added to the gates', (text, gate) => {
  expect(scenario(undefined, { expect: [text] })).toContainEqual(gate)
  expect(scenario(undefined, { expect: [text] }).some(({ metric }) => metric === 'errors')).toBe(true)
})

test.each([
  ['cpu.perRequest<=+10%', /is not an improvement of cpu.perRequest: lower is better/],
  ['throughput>=-5%', /is not an improvement of throughput/],
  ['cpu.perRequest<=-100%', /more than cpu.perRequest can improve/],
  ['cpu.perRequest<=-150%', /more than cpu.perRequest can improve/],
  ['cpu.perRequest<=0%', /no change at all/],
  ['cpu.perRequest<=-0%', /no change at all/],
  ['throughput>=+0%', /no change at all/],
  ['cpu.perRequest<10%', /is not an expected improvement/],
  ['<=-10%', /is not an expected improvement/],
  ['', /is not an expected improvement/],
  ['cpu.perReqest<=-10%', /no metric `cpu.perReqest`/],
  ['cpu.perRequest<=-ten%', /is not a percentage/],
  ['cpu.perRequest<=-10', /is not a percentage/],
  ['throughput<=+5%', /asks for the wrong direction/],
  ['response.bytes<=-10%', /compared exactly/],
  ['cpu.perRequest>=-10%', /asks for the wrong direction/],
  ['cpu.perRequest<=10us', /is not a percentage/],
  ['cpu.perRequest', /is not an expected improvement/],
  ['errors<=-10%', /compared exactly/],
  ['cpu.perRequest<=-1%', /its margin of 2 % treats as no change/],
])('--expect %s is refused', (text, message) => {
  refuses(() => scenario(undefined, { expect: [text] }), message, '--expect')
})

/** A mistake of the user's, with its place and a way out. */
function refuses(read: () => unknown, message: RegExp, place: string): void {
  expect(read).toThrow(message)
  expect(read).toThrow(
    expect.objectContaining({ name: 'UsageError', place, advice: expect.stringMatching(/\S/) }),
  )
}

test.each([
  [{ expect: '+10%' }, /`\+10%` is not an improvement of cpu.perRequest: lower is better/],
  [{ expect: '10%' }, /is not an improvement/],
  [{ expect: '-0%' }, /no change at all/],
  [{ expect: '-150%' }, /more than cpu.perRequest can improve/],
  [{ expect: '-10' }, /is not a percentage/],
  [{ expect: '' }, /is not a percentage/],
  [{ change: '+20%', expect: '-10%' }, /its margin of 20 % treats as no change/],
])('a scenario that expects %j is refused, with the file', (spec, message) => {
  refuses(() => scenario({ 'cpu.perRequest': spec }), message, 'demo.ts')
})

test.each([
  [{ errors: { expect: '-10%' } }, /compared exactly/],
  [{ 'cpu.perReqest': { expect: '-10%' } }, /no metric/],
])('a scenario cannot expect it of %j', (specs, message) => {
  refuses(() => scenario(specs), message, 'demo.ts')
})

test('an improvement where a margin stands leads to `expect`', () => {
  const advice = (text: string) =>
    expect.objectContaining({ name: 'UsageError', advice: expect.stringContaining(text) })
  expect(() => scenario({ 'cpu.perRequest': '-10%' })).toThrow(advice("{ expect: '-10%' }"))
  expect(() => scenario({ 'cpu.perRequest<=-10%': '+2%' })).toThrow(
    advice("{ 'cpu.perRequest': { expect: '-10%' } }"),
  )
  expect(() => parseGate('cpu.perRequest<=-10%', METRICS)).toThrow(advice('`--expect`'))
})

test("an expected improvement that a margin of the scenario's contradicts is refused", () => {
  refuses(
    () => scenario({ 'cpu.perRequest': '+20%' }, { expect: ['cpu.perRequest<=-10%'] }),
    /its margin of 20 % treats as no change/,
    '--expect',
  )
})

test('two expectations of one metric contradict each other', () => {
  expect(() => scenario(undefined, { expect: ['cpu.perRequest<=-10%', 'cpu.perRequest<=-20%'] })).toThrow(
    /contradict/,
  )
})

test('a scenario can expect an improvement', () => {
  expect(scenario({ 'cpu.perRequest': { expect: '-10%' } })).toEqual([
    { metric: 'cpu.perRequest', expect: 0.1, level: 'error' },
  ])
  expect(() => scenario({ 'cpu.perRequest': { change: '+5%', expect: '-2%' } })).toThrow(
    /treats as no change/,
  )
})

test('in a scenario: a margin, an exact limit, and both with a level', () => {
  const specs = {
    'cpu.perRequest': '+2%',
    errors: 0,
    'latency.p99': { change: '10%', max: '250 ms', level: 'warn' },
  } as const
  expect(scenario(specs)).toEqual([
    { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
    { metric: 'errors', max: 0, level: 'error' },
    { metric: 'latency.p99', margin: 0.1, max: 250_000, level: 'warn' },
  ])
})

test.each([
  ['a bare figure on what varies', { 'cpu.perRequest': 40_000 }, /varies from run to run/],
  ['an object without a limit', { errors: {} }, /has no limit/],
  ['a figure below zero', { errors: -1 }, /is not a quantity/],
  ['no figure at all', { errors: Number.NaN }, /is not a quantity/],
])('%s is refused, with the file', (_, specs, message) => {
  expect(() => scenario(specs as Parameters<typeof scenario>[0])).toThrow(message)
  expect(() => scenario(specs as Parameters<typeof scenario>[0])).toThrow(
    expect.objectContaining({ place: 'demo.ts' }),
  )
})

test('an empty set of gates has no defaults', () => {
  expect(scenario({})).toEqual([])
})

test('a gate of the options replaces the one on the same metric and keeps the others', () => {
  const gates = scenario({ 'cpu.perRequest': '+2%', errors: 0 }, { gates: ['cpu.perRequest<=+5%'] })
  expect(gates).toEqual([
    { metric: 'errors', max: 0, level: 'error' },
    { metric: 'cpu.perRequest', margin: 0.05, level: 'error' },
  ])
})

test('margin and limit on one metric are one gate; two margins contradict each other', () => {
  expect(scenario({}, { gates: ['latency.p99<=+10%', 'latency.p99<=1s'] })).toEqual([
    { metric: 'latency.p99', margin: 0.1, max: 1_000_000, level: 'error' },
  ])
  expect(() => scenario({}, { gates: ['latency.p99<=+10%', 'latency.p99<=+5%'] })).toThrow(/contradict/)
})

test('any text is a gate with finite numbers, or a usage error', () => {
  const limit = fc.oneof(
    fc.string(),
    fc.double().map(x => `${x}%`),
    fc.double().map(x => `+${x} ms`),
  )
  const texts = fc.tuple(
    fc.constantFrom(...METRICS.map(({ id }) => id), 'x'),
    fc.constantFrom('<=', '>=', ''),
    limit,
  )
  fc.assert(
    fc.property(texts, ([id, operator, text]) => {
      try {
        const { margin = 0, max = 0 } = parseGate(id + operator + text, METRICS)
        expect(margin >= 0 && Number.isFinite(margin) && max >= 0 && Number.isFinite(max)).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ name: 'UsageError', advice: expect.any(String) })
      }
    }),
  )
})
