import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from './world.ts'

async function planOf(extra = '', request = {}, replaced = {}) {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile(extra) })
  return await makePlan({ scenario: 'demo', ...request }, worldIn(directory, replaced), CAPABILITIES)
}

test('a scenario by name, with every default filled in', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const plan = await makePlan({ scenario: 'demo' }, worldIn(directory), CAPABILITIES)
  const folder = join(directory, 'scenarios')
  const command = [process.execPath, 'server.js', join(folder, 'data')]
  expect(plan).toMatchObject({
    scenario: 'demo',
    description: '',
    file: join(folder, 'demo.ts'),
    baseline: 'plain',
    variants: [
      { id: 'plain', label: 'plain', command, directory: folder, environment: { COLOUR: 'red', SIZE: '1' } },
      { id: 'slow', command: [...command, '--slow'], environment: { COLOUR: 'red', SIZE: '2' } },
    ],
    target: { name: 'greeter', timeout: 10_000, gracefulShutdown: 1_000 },
    load: { engine: 'closed', connections: 10, pipelining: 1 },
    sameAnswers: true,
    collectors: ['cpu'],
    gates: [
      { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
      { metric: 'errors', max: 0, level: 'error' },
    ],
    rounds: { min: 4, max: 24 },
    maxTime: 80_000,
    timing: { slice: 10, timed: 500, profiled: 210 },
    quick: false,
    pinning: { target: [0], loader: [1] },
  })
  expect(plan.output.startsWith(join(directory, '.bench', 'demo', '2026-07-01T12-30-05-'))).toBe(true)
})

test('a scenario by path', async () => {
  const directory = await folderWith({ 'elsewhere/other.ts': scenarioFile() })
  const plan = await makePlan({ scenario: 'elsewhere/other.ts' }, worldIn(directory), CAPABILITIES)
  expect(plan.scenario).toBe('other')
})

test('a quick run has two short rounds', async () => {
  const { quick, rounds, timing, maxTime } = await planOf('', { quick: true })
  expect({ quick, rounds, maxTime }).toEqual({ quick: true, rounds: { min: 2, max: 2 }, maxTime: 18_000 })
  expect(timing.timed).toBeLessThan(1_200)
})

test('slices are longer where workers of another engine fetch and report each of them', async () => {
  const load = "load: { engine: 'gate', steps: [{ name: 'GET /', method: 'GET', path: '/' }] },"
  expect((await planOf(load)).timing).toEqual({ slice: 50, timed: 1_500, profiled: 400 })
})

test('a fixed number of rounds is not cut short by the usual time, unless a time is given', async () => {
  const fixed = await planOf('', { rounds: 30 })
  expect(fixed.rounds).toEqual({ min: 30, max: 30 })
  expect(fixed.maxTime).toBeGreaterThan(1_000_000)
  expect((await planOf('', { rounds: 30, maxTime: 5_000 })).maxTime).toBe(5_000)
})

test('A/A measures the baseline against itself, under two names', async () => {
  const { variants, baseline } = await planOf('', { aa: true })
  const [first, second] = variants
  expect(variants.map(({ id }) => id)).toEqual([baseline, 'plain-again'])
  expect({ ...second, id: first!.id, label: first!.label }).toEqual(first)
})

test('the baseline is always measured with the chosen variants', async () => {
  const { variants } = await planOf('', { variants: ['slow'] })
  expect(variants.map(({ id }) => id)).toEqual(['plain', 'slow'])
})

test.each([
  ['the usual ones', '', ['cpu', 'allocation', 'waits'], ['waits']],
  [
    'those that are named',
    `collectors: ['heap', 'waits', 'cpu', 'heap'],`,
    ['cpu', 'heap', 'waits'],
    undefined,
  ],
  ['none', 'collectors: [],', [], undefined],
])('collectors run in their order: %s', async (_, extra, expected, ifWaiting) => {
  const unused = () => Promise.reject(new Error('a plan starts nothing'))
  const collector = { scope: 'agent', start: unused, stop: unused } as const
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile(extra) })
  const plan = await makePlan({ scenario: 'demo' }, worldIn(directory), {
    ...CAPABILITIES,
    collectors: [
      { name: 'allocation', order: 2, ...collector },
      { name: 'cpu', order: 1, ...collector },
      { name: 'heap', order: 3, onRequest: true, ...collector },
      { name: 'waits', order: 4, onRequest: 'unless waiting', ...collector },
    ],
  })
  expect(plan.collectors).toEqual(expected)
  expect(plan.ifWaiting).toEqual(ifWaiting)
})

test('the fingerprint depends on load and target, not on the variants or the folder', async () => {
  const one = await planOf()
  const moved = await planOf('', { quick: true, seed: 7 })
  const heavier = await planOf(
    `load: { connections: 20, steps: [{ name: 'GET /', method: 'GET', path: '/' }] },`,
  )
  const unchecked = await planOf('sameAnswers: false,')
  expect(moved.fingerprint).toBe(one.fingerprint)
  expect(new Set([one, heavier, unchecked].map(({ fingerprint }) => fingerprint)).size).toBe(3)
})

test.each([
  [
    'an unknown engine',
    `load: { engine: 'closd', steps: [{ name: 'x', method: 'GET', path: '/' }] },`,
    {},
    /no load engine `closd`/,
  ],
  ['an unknown collector', `collectors: ['cpus'],`, {}, /no collector `cpus`/],
  ['an unknown variant', '', { variants: ['slwo'] }, /no variant `slwo`/],
  ['the baseline alone', '', { variants: ['plain'] }, /nothing to compare `plain` with/],
  ['A/A with chosen variants', '', { aa: true, variants: ['slow'] }, /A\/A run measures the baseline alone/],
  ['no rounds', '', { rounds: 0 }, /0 rounds cannot be measured/],
  ['no time', '', { maxTime: 0 }, /measured in 0 ms/],
  ['quick with a gate', '', { quick: true, gates: ['errors<=0'] }, /quick run judges no gates/],
  [
    'a folder that is not there',
    `variants: { plain: {}, gone: { directory: 'nowhere' } },`,
    {},
    /folder .*nowhere does not exist/,
  ],
  [
    'a Node that is not there',
    `variants: { plain: {}, old: { node: 'bin/node20' } },`,
    {},
    /no Node binary at .*node20/,
  ],
])('%s is refused', async (_, extra, request, message) => {
  await expect(planOf(extra, request)).rejects.toThrow(message)
})

test('the message about an unknown scenario names the nearest one and all others', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': '', 'scenarios/checkout.ts': '' })
  const failed = makePlan({ scenario: 'chekcout' }, worldIn(directory), CAPABILITIES)
  await expect(failed).rejects.toMatchObject({
    name: 'UsageError',
    message: 'There is no scenario `chekcout`.',
    advice: 'Did you mean `checkout`? Known scenarios: checkout, demo.',
  })
})
