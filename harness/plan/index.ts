/** RunOptions → Plan: every decision is made here, before anything starts. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Capabilities, Collector } from '../model/capabilities.ts'
import type { Metric } from '../model/metric.ts'
import type { RunOptions } from '../model/options.ts'
import type { Gate, Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { fileNameOf } from '../paths/file-name.ts'
import { metricsOfNeeds } from '../scenario/needs.ts'
import { savedPath } from '../scenario/saved.ts'
import { readAcceptances } from './acceptances.ts'
import { planCapacity, seekingCapacity } from './capacity.ts'
import { composed } from './compose.ts'
import { loadConfig, withShared } from './config.ts'
import { planPinning, planYardstick, schedule } from './defaults.ts'
import { fingerprint } from './fingerprint.ts'
import { planGates, withLines } from './gates.ts'
import { planLoad } from './load.ts'
import { planNeeds } from './needs.ts'
import { refuseUnknown } from './problems.ts'
import { planRemote } from './remote.ts'
import { repeatCommand } from './repeat.ts'
import { loadScenario, locateScenario, nameOf } from './scenario-file.ts'
import { completed } from './targets.ts'
import { planSides } from './variants.ts'

export { ACCEPTANCE_FILE, readAcceptances } from './acceptances.ts'
export { loadConfig, sharedJsonSchema } from './config.ts'
export { checkEngine } from './load.ts'
export { withPlugins } from './plugins.ts'
export { parseDuration } from './quantity.ts'
export { npmScript, programOf, quote } from './repeat.ts'
export { findScenarios, loadScenario, locateScenario, nameOf } from './scenario-file.ts'

/**
 * Makes the plan of a run. Nothing is started and nothing is written.
 *
 * @throws UsageError when an option, the scenario or a gate is wrong
 */
export async function makePlan(options: RunOptions, world: World, capabilities: Capabilities): Promise<Plan> {
  const file = await locateScenario(options.scenario, world.directory)
  const { config } = await loadConfig(world.directory)
  const written = withShared(await loadScenario(file), config.scenario)
  const asked = options.capacity === undefined ? written : seekingCapacity(written)
  const target = await composed(completed(asked.target, file), world, file)
  const scenario = { ...asked, target }
  const name = nameOf(scenario, file)
  const seed = options.seed ?? Math.floor(world.now()) % 2 ** 32
  const sides = await planSides({ name, file, scenario }, options, world, capabilities.baselines)
  const needs = planNeeds(target, sides.variants, world, file)
  const metrics = [...capabilities.metrics, ...metricsOfNeeds({ needs })]
  const gates = planGates(scenario.gates, options, metrics, file, sides.variants)
  const load = await planLoad(scenario, gates, { ...capabilities, metrics }, file)
  const collectors = planCollectors(scenario, options, capabilities, file)
  const ifWaiting = scenario.collectors
    ? []
    : collectors.filter(({ onRequest }) => onRequest === 'unless waiting')
  const v8 = [...new Set(collectors.flatMap(({ v8 = [] }) => v8))]
  const accepted = (await readAcceptances(world.directory)).filter(({ scenario }) => scenario === name)
  const { saveBaseline } = options
  const saveAs =
    saveBaseline === undefined ? undefined : savedPath(world.directory, name, saveBaseline, '--save-baseline')
  const measuresYardstick = sides.recorded !== undefined || saveAs !== undefined
  const launches = sides.variants.length + (measuresYardstick ? 1 : 0)
  const times = schedule(scenario, options, launches, timingFor(load, capabilities))
  const plan: Plan = {
    scenario: name,
    description: scenario.description ?? '',
    file,
    fingerprint: fingerprint(target, load, scenario.sameAnswers ?? true),
    ...sides,
    build: target.build,
    copy: target.copy,
    saveAs,
    yardstick: measuresYardstick ? planYardstick(world) : undefined,
    target: {
      name: target.name,
      ready: target.ready,
      timeout: target.timeout ?? 10_000,
      gracefulShutdown: target.gracefulShutdown ?? 1_000,
      listen: target.listen === 'http' ? undefined : target.listen,
      port: target.port,
    },
    needs,
    load,
    remote: planRemote(sides.variants, load, options, file),
    sameAnswers: scenario.sameAnswers ?? true,
    collectors: names(collectors),
    ...(ifWaiting.length > 0 && { ifWaiting: names(ifWaiting) }),
    ...(v8.length > 0 && { v8 }),
    plugins: modulesOf(load.engine, collectors, capabilities),
    gates: withLines(gates, await readFile(file, 'utf8')),
    accepted: accepted.length > 0 ? accepted : undefined,
    ...times,
    warmup: { ...times.warmup, latencyOnly: isAboutLatency(gates, capabilities.metrics) || undefined },
    redact: scenario.redact,
    limits: scenario.limits,
    quick: options.quick ?? false,
    pinning: planPinning(world.platform),
    seed,
    output: resolve(world.directory, options.output ?? join('.bench', fileNameOf(name), runId(world.now()))),
    repeat: repeatCommand({ ...options, seed }, world.environment),
    request: { ...options, seed },
  }
  return options.capacity === undefined ? plan : planCapacity(options.capacity, plan)
}

/** Whether no gate that can fail the run is about the processor or memory. */
function isAboutLatency(gates: Gate[], metrics: Metric[]): boolean {
  const families = gates
    .filter(({ level }) => level === 'error')
    .map(({ metric }) => metrics.find(({ id }) => id === metric)?.family)
  return families.includes('waiting') && families.every(family => family === 'waiting' || family === 'exact')
}

function planCollectors(
  scenario: Scenario,
  { heapSnapshot }: RunOptions,
  { collectors }: Capabilities,
  file: string,
): Collector[] {
  const asked = scenario.collectors
  for (const name of asked ?? []) refuseUnknown(name, names(collectors), 'collector', file)
  const chosen = collectors.filter(
    ({ name, onRequest }) =>
      (asked?.includes(name) ?? onRequest !== true) || (heapSnapshot === true && name === 'snapshot'),
  )
  return chosen.toSorted((a, b) => a.order - b.order)
}

/** Where the driver finds the loader and collectors of plugins; `undefined` when they are all our own. */
function timingFor({ engine, arrivals }: Plan['load'], { loaders }: Capabilities) {
  if (arrivals !== undefined) return 'paced'
  return loaders.find(({ name }) => name === engine)?.inTurn ? 'ordered' : 'timing'
}

function modulesOf(engine: string, chosen: Collector[], { loaders, modules }: Capabilities) {
  const { warmer } = loaders.find(({ name }) => name === engine)!
  const used = loaders.filter(({ name }) => name === engine || name === warmer)
  const found = [
    ...chosen.map(one => [`collectors/${one.name}`, modules?.get(one)] as const),
    ...used.map(one => [`loaders/${one.name}`, modules?.get(one)] as const),
  ].filter(([, module]) => module !== undefined)
  return found.length > 0 ? (Object.fromEntries(found) as Record<string, string>) : undefined
}

const names = (list: { name: string }[]) => list.map(({ name }) => name)

/** Sorts by time. The random end tells apart two runs that start in the same second. */
export function runId(now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  return `${time}-${randomBytes(3).toString('hex')}`
}
