/** `<scenario…>`, `capacity` and `compare-packages`: measure scenarios, or print their plans. */
import { join } from 'node:path'
import { indented } from '../../../reports/json.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Plan } from '../../model/plan.ts'
import { findScenarios, makePlan, programOf } from '../../plan/index.ts'
import { redactorFor } from '../../words/redaction.ts'
import { type Command, type Engine, isCommandName } from '../command.ts'
import type { FlagName, Options } from '../flags.ts'
import { type Host, worldOf } from '../host.ts'
import { interruptible } from '../interrupt.ts'
import { type Measured, measureOne, type Session } from '../measuring.ts'
import { FINE, gravest, INTERRUPTED } from '../outcome.ts'
import { printPlan } from '../print-plan.ts'

export const measure: Command = {
  operands: '<scenario…>',
  help: 'measure scenarios',
  configurable: true,
  flags: [
    'dry-run',
    'quick',
    'rounds',
    'max-time',
    'variants',
    'baseline',
    'save-baseline',
    'gate',
    'expect',
    'strict',
    'aa',
    'heap-snapshot',
    'send',
    'seed',
    'remote',
    'wait',
    'json',
    'output',
  ],
  async run({ words: scenarios, options }, host, engine) {
    if (scenarios.length === 0) throw await nothingAsked(host)
    const asked = scenarios.map(scenario => ({ scenario }))
    return await measureScenarios(asked, options, host, engine)
  },
}

/** The flags of a command that measures in a special way. */
export const flagsWithout = (...unused: FlagName[]): FlagName[] =>
  measure.flags.filter(flag => !unused.includes(flag))

/** The latency limit (ms) of `capacity`. */
const LIMIT = 100

export const capacity: Command = {
  operands: '<scenario…>',
  help: 'find the highest rate at which p99 stays under a limit',
  details: `Sends the script of a scenario to every variant in turn, at one rate after the other, until it is clear between which two
rates the 99th percentile passes the limit (--limit). Variants are compared by the ratio of their capacities.`,
  configurable: true,
  flags: [
    'limit',
    ...flagsWithout('quick', 'save-baseline', 'gate', 'aa', 'heap-snapshot', 'send', 'remote'),
  ],
  run: ({ options, ...given }, host, engine) =>
    measure.run({ ...given, options: { limit: LIMIT, ...options } }, host, engine),
}

export const comparePackages: Command = {
  operands: '<name@version> <name@version> <scenario>',
  help: 'compare two versions of an npm package',
  details: `Installs both packages, each with its own dependencies, and measures the service of the scenario with each of them. The
service finds the package through FLAMEGATE_MODULES:

  const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)`,
  flags: flagsWithout('aa', 'baseline', 'save-baseline', 'variants', 'remote'),
  run({ words, options }, host, engine) {
    const [before, after, scenario] = words as [string, string, string]
    return measureScenarios([{ scenario, packages: [before, after] }], options, host, engine)
  },
}

/** Measures scenarios under the same options; with `--dry-run` it prints their plans. */
async function measureScenarios(
  asked: RunOptions[],
  options: Options,
  host: Host,
  engine: Engine,
): Promise<number> {
  const capabilities = await engine.loadCapabilities(host.cwd())
  const world = worldOf(host)
  // All are planned first: a mistake in the last scenario is reported before the first one is measured.
  const plans = await Promise.all(
    asked.map(one =>
      makePlan({ ...one, ...settingsFor(one, options, asked.length > 1) }, world, capabilities),
    ),
  )
  if (!options['dry-run'])
    return await interruptible(host, signal =>
      measureAll(plans, { options, host, engine, capabilities, signal }),
    )
  const shown = plans.map(plan => redactorFor(plan, world)(plan))
  host.stdout.write(
    options.json ? indented(shown.length === 1 ? shown[0]! : shown) : shown.map(printPlan).join('\n'),
  )
  return FINE
}

async function nothingAsked(host: Host): Promise<UsageError> {
  const known = [...(await findScenarios(host.cwd())).keys()]
  const example = known.find(name => !isCommandName(name)) ?? 'scenarios/<file>'
  const advice =
    known.length > 0
      ? `Write \`${programOf(host.env)} ${example}\`. Known scenarios: ${known.join(', ')}.`
      : `Write a scenario in ${join(host.cwd(), 'scenarios')}, or give the path of one.`
  return new UsageError('No scenario is named.', { advice })
}

function settingsFor({ scenario }: RunOptions, options: Options, several: boolean): Partial<RunOptions> {
  const { output } = options
  const folder =
    output !== undefined && several ? join(output, scenario.replaceAll(/[^\w.-]+/g, '-')) : output
  return {
    quick: options.quick,
    capacity: options.limit,
    rounds: options.rounds,
    maxTime: options['max-time'],
    aa: options.aa,
    variants: options.variants,
    baseline: options.baseline,
    saveBaseline: options['save-baseline'],
    gates: options.gate,
    expect: options.expect,
    heapSnapshot: options['heap-snapshot'],
    remote: options.remote,
    output: folder,
    seed: options.seed,
    wait: options.wait,
  }
}

async function measureAll(plans: Plan[], session: Session): Promise<number> {
  const { options, host, signal } = session
  const measured: Measured[] = []
  for (const plan of plans) if (!signal.aborted) measured.push(await measureOne(() => plan, session))
  const documents = measured.flatMap(({ json }) => json ?? [])
  if (options.json)
    host.stdout.write(plans.length === 1 ? (documents[0] ?? '') : `[${documents.join(',')}]\n`)
  return signal.aborted ? INTERRUPTED : gravest(measured.map(({ code }) => code))
}
