/** `<scenario…>`: measures scenarios, or shows what would be measured. */
import { join } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { RunRecord } from '../../model/record.ts'
import { findScenarios, makePlan, npmScript } from '../../plan/index.ts'
import { redactorFor } from '../../words/redaction.ts'
import { type Command, type Engine, isCommandName } from '../command.ts'
import { printReport, writeReports } from '../deliver.ts'
import type { Options } from '../flags.ts'
import { type Host, worldOf } from '../host.ts'
import { printPlan } from '../inspect.ts'
import { INTERRUPTED, interruptible } from '../interrupt.ts'
import { exitCode, FINE, gravest, reservation } from '../outcome.ts'
import { tellProblem } from '../problem.ts'
import { display, silent } from '../progress.ts'

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
    'strict',
    'aa',
    'heap-snapshot',
    'seed',
    'wait',
    'json',
    'output',
  ],
  async run({ words: scenarios, options }, host, engine) {
    if (scenarios.length === 0) throw await nothingAsked(host)
    return await measureRequests(
      scenarios.map(scenario => ({ scenario })),
      options,
      host,
      engine,
    )
  },
}

/** Measures what is asked for, each under the options; with `--dry-run` it shows the plans. */
export async function measureRequests(
  asked: RunOptions[],
  options: Options,
  host: Host,
  engine: Engine,
): Promise<number> {
  const requests = asked.map(request => ({ ...request, ...settingsFor(request, options, asked.length > 1) }))
  // A mistake in the last scenario is better told before the first one has taken its minute.
  const plans = await planAll(requests, host, engine)
  if (!options['dry-run'])
    return await interruptible(host, signal => measureAll(requests, options, host, engine, signal))
  host.stdout.write(options.json ? json(only(plans)) : plans.map(printPlan).join('\n'))
  return FINE
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const only = <T>(values: T[]): T | T[] => (values.length === 1 ? values[0]! : values)

async function nothingAsked(host: Host): Promise<UsageError> {
  const known = [...(await findScenarios(host.cwd())).keys()]
  const script = npmScript(host.env)
  const example = script ? `npm run ${script}` : 'npx flamegate'
  return new UsageError('No scenario is named.', {
    advice:
      known.length > 0
        ? `Write \`${example} ${known.find(name => !isCommandName(name)) ?? 'scenarios/<file>'}\`. Known scenarios: ${known.join(', ')}.`
        : `Write a scenario in ${join(host.cwd(), 'scenarios')}, or give the path of one.`,
  })
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
    heapSnapshot: options['heap-snapshot'],
    output: folder,
    seed: options.seed,
    wait: options.wait,
  }
}

async function planAll(requests: RunOptions[], host: Host, engine: Engine) {
  const capabilities = await engine.loadCapabilities()
  const world = worldOf(host)
  const plans = await Promise.all(requests.map(request => makePlan(request, world, capabilities)))
  return plans.map(plan => redactorFor(plan, world)(plan))
}

async function measureAll(
  requests: RunOptions[],
  options: Options,
  host: Host,
  engine: Engine,
  signal: AbortSignal,
): Promise<number> {
  const codes: number[] = []
  const documents: string[] = []
  for (const request of requests) {
    if (signal.aborted) break
    const { code, document } = await measureOne(request, options, host, engine, signal)
    codes.push(code)
    if (document) documents.push(document)
  }
  if (options.json)
    host.stdout.write(requests.length === 1 ? (documents[0] ?? '') : `[${documents.join(',')}]\n`)
  return signal.aborted ? INTERRUPTED : gravest(codes)
}

/** One scenario that cannot be measured does not keep the others from it. */
export async function measureOne(
  request: RunOptions,
  options: Options,
  host: Host,
  engine: Engine,
  signal: AbortSignal,
  earlier?: RunRecord,
): Promise<{ code: number; document?: string }> {
  const live = options.json ? silent : display(host.stderr, Date.now)
  const strict = options.strict ?? false
  try {
    const world = worldOf(host, { signal, emit: progress => live.show(progress) })
    const report = await engine.bench(request, world, earlier)
    const { reporters } = await engine.loadCapabilities()
    const { json, page } = await writeReports(report, reporters)
    live.end()
    if (!options.json) {
      printReport(report, page, host)
      host.stderr.write(reservation(report, strict))
    }
    return { code: exitCode(report, strict), document: json }
  } catch (error) {
    live.end()
    if (!signal.aborted || error !== signal.reason) return { code: tellProblem(error, host) }
    host.stderr.write('Interrupted before the first round was complete: there is nothing to report.\n')
    return { code: INTERRUPTED }
  }
}
