/** How requests are sent: by which loader, on how many connections, at which rate. */
import type { Capabilities, Loader, LoadFeature } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { Load } from '../model/load.ts'
import type { Gate, PlannedLoad } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import { refuseUnknown } from './problems.ts'
import { planScript } from './script.ts'

/**
 * A gated metric that needs a pace gets an open loop unless the scenario chooses: in a closed loop the load sets the tail.
 *
 * @throws UsageError when the loader is unknown, or cannot send what is asked for
 */
export async function planLoad(
  { load, target }: Pick<Scenario, 'load' | 'target'>,
  gates: Gate[],
  { loaders, metrics }: Pick<Capabilities, 'loaders' | 'metrics'>,
  file: string,
): Promise<PlannedLoad> {
  const gated = metrics.filter(({ id }) => gates.some(({ metric }) => metric === id))
  const needsPace = gated.some(({ needs = [] }) => needs.includes('pace'))
  const isPaced = load.rate !== undefined || load.phases !== undefined || needsPace
  const engine = load.engine ?? (isPaced ? 'open' : 'closed')
  const names = loaders.map(({ name }) => name)
  refuseUnknown(engine, names, 'load engine', file)
  const loader = loaders.find(({ name }) => name === engine)!
  checkEngine({ load, target }, loader, file)
  const script = await planScript(load, file)
  const { connections = 10, pipelining = 1, protocol, rate, arrivals = 'poisson', inFlight, phases } = load
  const planned = {
    engine,
    ...script,
    connections,
    pipelining,
    ...(protocol === 'http/2' && { protocol }),
    ...ofWorkers(load, engine, file),
  }
  if (loader.paced)
    return { ...planned, rate: phases ? undefined : rate, phases: phases?.flat(), arrivals, inFlight }
  if (rate !== undefined || phases !== undefined)
    throw new UsageError(`The load engine \`${engine}\` does not send at a rate of its own.`, {
      place: file,
      advice: loader.inTurn
        ? 'Remove `rate` and `phases`. `atMost` limits the requests per second of all workers together.'
        : "Remove `rate` and `phases`, or set `engine: 'open'`.",
    })
  return planned
}

/** What the load asks for that not every loader can do. */
function featuresOf({ steps, setup = [], pipelining = 1, protocol }: Load, listen?: string): LoadFeature[] {
  const all = [...setup, ...steps]
  const asked: [LoadFeature, boolean][] = [
    ['pipelining', pipelining > 1],
    ['http/2', protocol === 'http/2'],
    ['redirects', all.some(({ redirects = 0 }) => redirects > 0)],
    ['events', all.some(({ events }) => events !== undefined)],
    ['a Unix socket', listen === 'socket'],
  ]
  return asked.filter(([, isAsked]) => isAsked).map(([feature]) => feature)
}

/** @throws UsageError when a loader cannot send the load of a scenario */
export function checkEngine(
  { load, target }: Pick<Scenario, 'load' | 'target'>,
  { name, lacks = {} }: Loader,
  file: string,
): void {
  const feature = featuresOf(load, 'listen' in target ? target.listen : undefined).find(
    it => lacks[it] !== undefined,
  )
  if (feature === undefined) return
  throw new UsageError(`The load engine \`${name}\` cannot do ${feature}: ${lacks[feature]}.`, {
    place: file,
    advice: 'Do without it, or remove `engine`.',
  })
}

/** Which loaders use a setting that others have no use for. */
const USED_BY = { workers: ['k6', 'artillery'], listen: ['gate'], atMost: ['gate', 'k6', 'artillery'] }

function ofWorkers({ workers, listen, atMost }: Load, engine: string, file: string) {
  const given = {
    ...(workers !== undefined && { workers }),
    ...(listen !== undefined && { listen }),
    ...(atMost !== undefined && { atMost }),
  }
  for (const [setting, engines] of Object.entries(USED_BY))
    if (setting in given && !engines.includes(engine))
      throw new UsageError(`The load engine \`${engine}\` has no use for \`${setting}\`.`, {
        place: file,
        advice: `Remove it, or set \`engine: '${engines[0]}'\`.`,
      })
  return given
}
