/** One round: fresh launches of every variant, measured together, stopped to the last process. */

import type { Finding } from '../../model/finding.ts'
import type { Pace } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoundRecord } from '../../model/record.ts'
import type { Target } from '../../model/scenario.ts'
import type { Stage, World } from '../../model/world.ts'
import { balancedOrder } from '../both/balanced-order.ts'
import type { OwnLease } from '../both/lease.ts'
import { loadScript } from '../both/load-script.ts'
import type { Needs } from '../needs/index.ts'
import { discard, freshAddress } from './address.ts'
import { checkAnswers } from './check-answers.ts'
import { type Driver, LaunchError } from './driver.ts'
import { misbehaviour, unkillable } from './findings.ts'
import { refuseForeignCode } from './foreign-code.ts'
import { ready } from './readiness.ts'
import { RunningService } from './running-service.ts'
import { newIdentity, type Served, Service } from './service.ts'
import { namingFiles } from './start-failures.ts'
import { endingOf } from './watched.ts'

/** Milliseconds that a target has to end when the run was interrupted. */
const HASTY_GRACE = 500
/** Milliseconds to wait for the exit of a launch whose connections broke. */
const EXIT_TIMEOUT = 500

/** What all rounds of a run are measured with. */
export interface RunSetting {
  plan: Plan
  world: World
  lease: OwnLease
  /** Files of the working tree that the baseline's checkout does not have, because git ignores them. */
  missing: string[]
  notice(finding: Finding): void
}

interface RoundSetting extends RunSetting {
  driver: Driver
  needs: Needs
  /** Milliseconds that the round can take, and how an earlier one was paced. */
  time: number
  pace?: Pace
}

/** Share of a round's time that is kept for stopping the launches. */
const STOPPING = 0.1

/** @throws MeasureError with the launch's last output when one of them fails */
export async function measureRound(index: number, setting: RoundSetting): Promise<RoundRecord> {
  const { plan, world, driver, needs, notice } = setting
  const began = world.now()
  const services: Served[] = []
  const enter = (stage: Stage) => world.emit({ type: 'stage', round: index, stage })
  try {
    enter('boot')
    for (const i of balancedOrder(plan.variants.length, index))
      services.push(await boot(plan.variants[i]!, setting))
    services.sort((a, b) => placeOf(a, plan) - placeOf(b, plan))
    const compared = [...services]
    if (plan.yardstick) services.push(await boot(plan.yardstick.variant, setting, 'http'))
    const boots = await Promise.all(services.map(service => readyIn(service, setting, services)))
    // If a service has ended, something else answers on its port.
    refuseEnded(services)
    enter('check')
    await checkAnswers(compared, plan, await loadScript(plan, index))
    const first = await Promise.all(services.map(service => service.firstProcess()))
    const booted = services.map(({ variant, address, token, trace: { mark } }, i) => ({
      variant: variant.id,
      url: address.origin,
      socket: address.socket,
      pid: first[i]!,
      mark,
      token,
      probe: variant.probe,
      boot: boots[i]!,
      needs: needs.processesFor(variant.id),
      ports: needs.portsFor(variant.id),
    }))
    const task = {
      round: index,
      launches: booted.slice(0, compared.length),
      yardstick: booted[compared.length],
      time: Math.max(0, began + setting.time * (1 - STOPPING) - world.now()),
      pace: setting.pace,
    }
    const { scripts, ...measured } = await unlessAborted(world.signal, driver.measure(plan, task))
    await needs.refuseEnded(index)
    refuseEnded(services)
    const loaded = scripts.map(({ loaded }) => loaded)
    await refuseForeignCode(plan, loaded)
    for (const finding of misbehaviour(index, compared, { ...measured, scripts })) notice(finding)
    const files = Object.assign({}, ...scripts.map(({ files }) => files))
    const startedAt = new Date(began).toISOString()
    return { index, startedAt, duration: world.now() - began, ...measured, files }
  } catch (error) {
    throw (await needs.failure(index)) ?? (await explain(error, services))
  } finally {
    enter('stop')
    const grace = world.signal.aborted ? HASTY_GRACE : undefined
    const left = await Promise.all(services.map(service => dismiss(service, setting, grace)))
    if (left.flat().length > 0) notice(unkillable(index, left.flat()))
  }
}

async function readyIn(
  service: Served,
  { plan, world, missing }: RoundSetting,
  round: Served[],
): Promise<number> {
  if (service instanceof RunningService) {
    await service.ready(plan, world.signal)
    return 0
  }
  const started = round.filter(each => each instanceof Service)
  try {
    return await ready(service as Service, plan, world.signal, started)
  } catch (error) {
    const isCheckout = plan.checkout && service.variant.id === plan.baseline
    throw isCheckout ? namingFiles(error, missing) : error
  }
}

/** A process that ends between its last slice and the end of the round cannot be trusted. */
function refuseEnded(services: Served[]): void {
  const ended = services.find(({ ending }) => ending)
  if (ended) throw ended.failure(`${endingOf(ended.ending!)} before its round was over.`, LOAD_BY_HAND)
}

const LOAD_BY_HAND = 'Load it by hand with the same requests and see what it does.'

/** Booting first can be a lasting advantage, so the order of booting changes. The record keeps the plan's order. */
const placeOf = ({ variant }: Served, plan: Plan): number => plan.variants.indexOf(variant)

/** Driver and lease know the launch before its process starts, so that it cannot be left behind when the harness dies. */
async function boot(
  variant: Plan['variants'][number],
  setting: RoundSetting,
  listen: Target['listen'] = setting.plan.target.listen,
): Promise<Served> {
  const { plan, world, driver, lease, needs } = setting
  world.signal.throwIfAborted()
  const { url } = variant
  if (url !== undefined) return new RunningService(variant, url, plan.load.protocol)
  const identity = newIdentity()
  const { token, mark } = identity
  const notStarted = { pid: 0, started: 0, mark }
  await driver.command('guard', { trace: notStarted, token })
  lease.hold(notStarted)
  const isYardstick = variant === plan.yardstick?.variant
  const address = await freshAddress(listen, isYardstick ? undefined : plan.load.protocol)
  const service = new Service(variant, {
    identity,
    address,
    plan,
    socket: driver.socket,
    environment: world.environment,
    needed: needs.variablesFor(variant.id),
  })
  lease.hold(service.trace)
  try {
    await driver.command('guard', { trace: service.trace, token })
  } catch (error) {
    // The driver has ended, and nobody else knows of the process yet.
    await dismiss(service, setting)
    throw error
  }
  return service
}

/** @returns the processes that could not be ended */
async function dismiss(service: Served, { driver, lease }: RoundSetting, grace?: number): Promise<number[]> {
  if (service instanceof RunningService) return []
  const { trace, token } = service
  const left = await service.stop(grace)
  discard(service.address)
  if (left.length > 0) return left
  lease.drop(trace)
  // A driver that has ended guards nothing.
  await driver.command('release', { trace, token }).catch(() => {})
  return []
}

/** A failure of a launch in the driver, with what the process itself printed. */
async function explain(error: unknown, services: Served[]): Promise<unknown> {
  if (!(error instanceof LaunchError)) return error
  const service = services.find(({ variant }) => variant.id === error.variant)
  if (!service) return error
  const ending = await service.endingWithin(EXIT_TIMEOUT)
  const how = ending
    ? `${endingOf(ending)} during its ${error.stage} slices.`
    : `failed during its ${error.stage} slices: ${error.message}`
  return service.failure(how, LOAD_BY_HAND)
}

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}
