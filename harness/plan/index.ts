/** Request → Plan: every decision is taken here, before anything starts. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Capabilities } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { Plan, PlannedLoad } from '../model/plan.ts'
import type { Request } from '../model/request.ts'
import { savedPath } from '../model/saved.ts'
import type { Load, Scenario } from '../model/scenario.ts'
import { suggest } from '../model/suggestion.ts'
import type { World } from '../model/world.ts'
import { readAcceptances } from './acceptances.ts'
import { loadConfig, withShared } from './config.ts'
import { schedule } from './defaults.ts'
import { fingerprint } from './fingerprint.ts'
import { withLines } from './gate-lines.ts'
import { planGates } from './gates.ts'
import { loadScenario, nameOf } from './load.ts'
import { locateScenario } from './locate.ts'
import { planPinning } from './pinning.ts'
import { repeatCommand } from './repeat.ts'
import { planSides } from './variants.ts'
import { planYardstick } from './yardstick.ts'

export { ACCEPTANCE_FILE, readAcceptances } from './acceptances.ts'
export { loadConfig, sharedJsonSchema } from './config.ts'
export { loadScenario, nameOf } from './load.ts'
export { findScenarios, locateScenario } from './locate.ts'
export { parseDuration } from './quantity.ts'
export { quote } from './repeat.ts'

/**
 * Resolves a request to a plan. Nothing is started and nothing is written.
 *
 * @throws UsageError when the request, the scenario or a gate cannot mean anything
 */
export async function makePlan(request: Request, world: World, capabilities: Capabilities): Promise<Plan> {
  const file = await locateScenario(request.scenario, world.directory)
  const { config } = await loadConfig(world.directory)
  const scenario = withShared(await loadScenario(file), config.scenario)
  const { target } = scenario
  const name = nameOf(scenario, file)
  const seed = request.seed ?? Math.floor(world.now()) % 2 ** 32
  const load = planLoad(scenario.load, capabilities, file)
  const accepted = (await readAcceptances(world.directory)).filter(({ scenario }) => scenario === name)
  const pinning = planPinning(world.platform)
  const sides = await planSides({ name, file, scenario }, request, world, capabilities.baselines)
  const saveAs =
    request.saveBaseline !== undefined &&
    savedPath(world.directory, name, request.saveBaseline, '--save-baseline')
  const measuresYardstick = sides.recorded !== undefined || saveAs !== false
  return {
    scenario: name,
    description: scenario.description ?? '',
    file,
    fingerprint: fingerprint(target, load, scenario.sameAnswers ?? true),
    ...sides,
    ...(saveAs && { saveAs }),
    ...(measuresYardstick && { yardstick: planYardstick(world) }),
    target: {
      name: target.name,
      ready: target.ready ?? '/',
      timeout: target.timeout ?? 10_000,
      gracefulShutdown: target.gracefulShutdown ?? 1_000,
    },
    load,
    sameAnswers: scenario.sameAnswers ?? true,
    collectors: planCollectors(scenario, request, capabilities, file),
    gates: withLines(
      planGates(scenario.gates, request, capabilities.metrics, file),
      await readFile(file, 'utf8'),
    ),
    ...(accepted.length > 0 && { accepted }),
    ...schedule(scenario, request, sides.variants.length + (measuresYardstick ? 1 : 0)),
    ...(scenario.redact && { redact: scenario.redact }),
    ...(scenario.limits && { limits: scenario.limits }),
    quick: request.quick ?? false,
    ...(pinning && { pinning }),
    seed,
    output: resolve(world.directory, request.output ?? join('.bench', name, runId(world.now()))),
    repeat: repeatCommand({ ...request, seed }, world.environment),
    request: { ...request, seed },
  }
}

function planLoad(load: Load, { loaders }: Capabilities, file: string): PlannedLoad {
  const engine = load.engine ?? 'closed'
  refuseUnknown(engine, names(loaders), 'load engine', file)
  return { engine, steps: load.steps, connections: load.connections ?? 10, pipelining: load.pipelining ?? 1 }
}

function planCollectors(
  scenario: Scenario,
  { heapSnapshot }: Request,
  { collectors }: Capabilities,
  file: string,
): string[] {
  const asked = scenario.collectors
  for (const name of asked ?? []) refuseUnknown(name, names(collectors), 'collector', file)
  const chosen = collectors.filter(
    ({ name, onRequest }) =>
      (asked?.includes(name) ?? !onRequest) || (heapSnapshot === true && name === 'snapshot'),
  )
  return names(chosen.toSorted((a, b) => a.order - b.order))
}

function refuseUnknown(name: string, known: string[], noun: string, place: string): void {
  if (known.includes(name)) return
  throw new UsageError(`There is no ${noun} \`${name}\`.`, {
    place,
    advice: suggest(name, known, `${noun}s`),
  })
}

const names = (list: { name: string }[]) => list.map(({ name }) => name)

/** Sorts by time; the random end keeps two runs that start in the same millisecond apart. */
export function runId(now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  return `${time}-${randomBytes(3).toString('hex')}`
}
