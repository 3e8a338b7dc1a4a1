/** What is typed, and what is said about it when it cannot be meant. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseArguments } from '../../harness/cli/arguments.ts'
import { wantsColour } from '../../harness/cli/host.ts'
import { refuseSwallowedFlags } from '../../harness/cli/npm-trap.ts'
import { repeatCommand } from '../../harness/plan/repeat.ts'
import { folderWith, scenarioFile } from '../plan/world.ts'
import { runCli } from './host.ts'

test.each([
  [[], {}],
  [['--quick'], { quick: true }],
  [['--quick=false'], { quick: false }],
  [['--max-time', '60'], { 'max-time': 60_000 }],
  [['--max-time=90s'], { 'max-time': 90_000 }],
  [['--max-time', '2m'], { 'max-time': 120_000 }],
  [['--max-time', '500ms'], { 'max-time': 500 }],
  [['--gate', 'a<=+2%', '--gate', 'b<=1ms'], { gate: ['a<=+2%', 'b<=1ms'] }],
  [['--variants', 'a, b'], { variants: ['a', 'b'] }],
  [['-h'], { help: true }],
])('%j', (argv, options) => {
  expect(parseArguments(['demo', ...argv], {})).toEqual({
    words: ['demo'],
    flags: Object.keys(options),
    options,
  })
})

test('a list in the environment is replaced by flags, not extended', () => {
  const environment = { FLAMEGATE_GATE: 'a<=+1%,b<=+1%' }
  expect(parseArguments([], environment).options.gate).toEqual(['a<=+1%', 'b<=+1%'])
  expect(parseArguments(['--gate', 'c<=+1%'], environment).options.gate).toEqual(['c<=+1%'])
})

test.each([
  [['--quik'], 'There is no flag `--quik`.', /Did you mean `quick`/],
  [['-x'], 'There is no flag `-x`.', /Known flags/],
  [['--rounds'], '`--rounds` needs a value.', /--rounds N/],
  [['--rounds', '--quick'], '`--rounds` needs a value.', /--rounds N/],
  [['--rounds', 'four'], '`four` is not a whole number.', /such as 12/],
  [['--rounds', '-3'], '`-3` is not a whole number.', /such as 12/],
  [['--max-time', 'soon'], '`soon` is not a time.', /60/],
  [['--variants', 'a,,b'], '`a,,b` has an empty item.', /single commas/],
  [['--quick=maybe'], '`maybe` is neither on nor off.', /1 or 0/],
])('%j is refused', (argv, message, advice) => {
  expect(() => parseArguments(argv, {})).toThrow(
    expect.objectContaining({ message, advice: expect.stringMatching(advice) }),
  )
})

test('the message about a wrong variable names it', () => {
  expect(() => parseArguments([], { FLAMEGATE_ROUNDS: 'x' })).toThrow(
    expect.objectContaining({ place: 'FLAMEGATE_ROUNDS' }),
  )
})

test('any words are arguments or a usage error', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--rounds', '--max-time', '--gate', '--quick', '--', '-h', '--output='),
  )
  fc.assert(
    fc.property(fc.array(word), argv => {
      try {
        expect(parseArguments(argv, {}).words.every(name => argv.includes(name))).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ name: 'UsageError', advice: expect.any(String) })
      }
    }),
  )
})

test('the command that repeats a run is read as the same options', () => {
  const request = fc.record({
    scenario: fc.constant('demo'),
    quick: fc.constantFrom(true, undefined),
    rounds: fc.option(fc.nat(), { nil: undefined }),
    maxTime: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
    aa: fc.constantFrom(true, undefined),
    variants: fc.constantFrom<string[] | undefined>(undefined, ['a', 'b']),
    gates: fc.constantFrom<string[] | undefined>(undefined, ['cpu.perRequest<=+2%', 'errors<=0']),
    seed: fc.option(fc.nat(), { nil: undefined }),
  })
  fc.assert(
    fc.property(request, asked => {
      const typed = repeatCommand(asked, {}).replaceAll("'", '').split(' ').slice(2)
      const { words: scenarios, options } = parseArguments(typed, {})
      expect({
        scenario: scenarios[0],
        quick: options.quick,
        rounds: options.rounds,
        maxTime: options['max-time'],
        aa: options.aa,
        variants: options.variants,
        gates: options.gate,
        seed: options.seed,
      }).toEqual(asked)
    }),
  )
})

// What npm 11 leaves of each command line, as it was seen.
test.each([
  [['demo'], { npm_config_quick: 'true' }, 'npm run bench demo -- --quick'],
  [['demo', '60'], { npm_config_max_time: 'true' }, 'npm run bench demo -- --max-time 60'],
  [['demo'], { npm_config_rounds: '5' }, 'npm run bench demo -- --rounds 5'],
  [['demo', 'a<=+2%'], { npm_config_gate: 'true' }, "npm run bench demo -- --gate 'a<=+2%'"],
  [
    ['demo', 'out', '60'],
    { npm_config_output: 'true', npm_config_max_time: 'true' },
    'npm run bench demo -- --max-time 60 --output out',
  ],
  [['demo', '--seed', '3'], { npm_config_json: 'true' }, 'npm run bench demo -- --json --seed 3'],
])('npm swallows flags: %j with %j', (argv, settings, command) => {
  const environment = { npm_lifecycle_event: 'bench', ...settings }
  expect(() => refuseSwallowedFlags(argv, environment)).toThrow(
    expect.objectContaining({ advice: `Write: ${command}` }),
  )
})

test.each([
  ['not under npm', ['demo'], { npm_config_quick: 'true' }],
  ['spelled rightly', ['demo', '--quick'], { npm_lifecycle_event: 'bench', npm_config_quick: 'true' }],
  ['switched off', ['demo'], { npm_lifecycle_event: 'bench', npm_config_json: 'false' }],
  ['a setting of npm’s own', ['demo'], { npm_lifecycle_event: 'bench', npm_config_loglevel: 'silent' }],
])('no trap: %s', (_, argv, environment) => {
  expect(() => refuseSwallowedFlags(argv, environment)).not.toThrow()
})

test('the trap ends with exit code 2', async () => {
  const environment = { npm_lifecycle_event: 'bench', npm_config_quick: 'true' }
  const { code, err } = await runCli(['demo'], { directory: '/', environment })
  expect(code).toBe(2)
  expect(err).toContain('npm run bench demo -- --quick')
})

test('without a scenario, the known ones are named', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const { code, err } = await runCli([], { directory })
  expect(code).toBe(2)
  expect(err).toBe('✖ No scenario is named.\n  → Write `npx flamegate demo`. Known scenarios: demo.\n')
})

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('colour with %j on a terminal (%s): %s', (env, isTTY, expected) => {
  expect(wantsColour({ env }, { write: () => {}, isTTY })).toBe(expected)
})

test('a scenario with the name of a command is measured by its path, and a note says so', async () => {
  const directory = await folderWith({
    'scenarios/report.ts': scenarioFile(),
    'scenarios/open.ts': scenarioFile(),
  })
  const { code, asked } = await runCli(['scenarios/report.ts', '--aa'], { directory })
  expect([code, asked.map(({ scenario }) => scenario)]).toEqual([0, ['scenarios/report.ts']])
  for (const argv of [['report', '--aa', '--quick'], ['report'], ['open']]) {
    const { code, err } = await runCli(argv, { directory })
    expect(code).toBe(2)
    expect(err).toMatch(
      new RegExp(`^note: \`${argv[0]}\` is a command\\. .*: npx flamegate scenarios/${argv[0]}\\.ts\n`),
    )
  }
  const named = await runCli(['list'], { directory })
  expect([named.err, named.out]).toEqual(['', 'scenarios/open.ts    \nscenarios/report.ts  \n'])
  expect((await runCli([], { directory })).err).not.toMatch(/Write `npx flamegate (open|report)`/)
})
