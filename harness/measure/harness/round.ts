/** One round: fresh launches of every variant, measured together, stopped to the last process. */
import type { Finding } from '../../model/finding.ts'
import type { Pace } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoundRecord } from '../../model/record.ts'
import type { Target } from '../../model/scenario.ts'
import type { World } from '../../model/world.ts'
import type { OwnLease } from '../both/lease.ts'
import { loadScript } from '../both/load-script.ts'
import { turn } from '../both/turns.ts'
import { discard, freshAddress } from './address.ts'
import { checkAnswers } from './answers.ts'
import { refuseBorrowed } from './borrowed.ts'
import { type Driver, LaunchError } from './driver-client.ts'
import { misbehaviour, unkillable, unmapped } from './findings.ts'
import { namingFiles } from './lacking.ts'
import { ready } from './readiness.ts'
import { type Ending, newIdentity, Service } from './service.ts'

/** Milliseconds that a target is given when the run was interrupted. */
const HASTY_GRACE = 500
/** Milliseconds in which the exit of a launch is noticed after its connections have broken. */
const EXIT_TIMEOUT = 500

/** What a round is measured with, the same for all of a run. */
export interface Crew {
  plan: Plan
  world: World
  driver: Driver
  lease: OwnLease
  notice(finding: Finding): void
  /** Milliseconds that the round may take, and how an earlier one was paced. */
  time: number
  pace?: Pace
  /** Files that the baseline's checkout does not have, although the working tree has them. */
  lacking: string[]
}

/** Share of a round's time that is left to stopping the launches. */
const STOPPING = 0.1

/** @throws MeasureError with the launch's last output when one of them fails */
export async function measureRound(index: number, crew: Crew): Promise<RoundRecord> {
  const { plan, world, driver, notice } = crew
  const began = world.now()
  const services: Service[] = []
  const phase = (name: 'boot' | 'check' | 'stop') => world.emit({ type: 'phase', round: index, phase: name })
  try {
    phase('boot')
    for (const i of turn(plan.variants.length, index)) services.push(await boot(plan.variants[i]!, crew))
    services.sort((a, b) => placeOf(a, plan) - placeOf(b, plan))
    const compared = [...services]
    if (plan.yardstick) services.push(await boot(plan.yardstick.variant, crew, 'http'))
    const boots = await Promise.all(services.map(service => readyIn(service, crew, services)))
    // What answers on the port of a service that has ended is not that service.
    refuseEnded(services)
    phase('check')
    await checkAnswers(compared, plan, await loadScript(plan, index))
    const booted = services.map(({ variant, url, address, pid, token }, i) => ({
      variant: variant.id,
      url,
      ...(address.socket !== undefined && { socket: address.socket }),
      pid,
      token,
      boot: boots[i]!,
    }))
    const [launches, [yardstick]] = [booted.slice(0, compared.length), booted.slice(compared.length)]
    const order = {
      round: index,
      launches,
      ...(yardstick && { yardstick }),
      time: Math.max(0, began + crew.time * (1 - STOPPING) - world.now()),
      ...(crew.pace && { pace: crew.pace }),
    }
    const { scripts, ...measured } = await unlessAborted(world.signal, driver.measure(plan, order))
    refuseEnded(services)
    await refuseBorrowed(
      plan,
      scripts.map(({ loaded }) => loaded),
    )
    for (const finding of misbehaviour(index, compared, measured.launches)) notice(finding)
    for (const finding of compared.flatMap((service, i) => unmapped(service, scripts[i]!))) notice(finding)
    return { index, startedAt: new Date(began).toISOString(), duration: world.now() - began, ...measured }
  } catch (error) {
    throw await explain(error, services)
  } finally {
    phase('stop')
    const grace = world.signal.aborted ? HASTY_GRACE : undefined
    const left = await Promise.all(services.map(service => dismiss(service, crew, grace)))
    if (left.flat().length > 0) notice(unkillable(index, left.flat()))
  }
}

async function readyIn(service: Service, { plan, world, lacking }: Crew, round: Service[]): Promise<number> {
  try {
    return await ready(service, plan, world.signal, round)
  } catch (error) {
    const isCheckout = plan.checkout && service.variant.id === plan.baseline
    throw isCheckout ? namingFiles(error, lacking) : error
  }
}

/** A process that ends between its last slice and the end of the round has not been well before either. */
function refuseEnded(services: Service[]): void {
  const ended = services.find(({ ending }) => ending)
  if (ended) throw ended.failure(`${endingOf(ended.ending!)} before its round was over.`, LOAD_BY_HAND)
}

const LOAD_BY_HAND = 'Load it by hand with the same requests and see what it does.'

const endingOf = ({ code, signal }: Ending): string => `ended (${signal ?? `code ${code}`})`

/** Who boots first may be better off for its whole life, so that takes turns too; what is recorded is in the plan's order. */
const placeOf = ({ variant }: Service, plan: Plan): number => plan.variants.indexOf(variant)

/** Driver and lease know the launch before its process starts, so that no death of the harness leaves it behind. */
async function boot(
  variant: Plan['variants'][number],
  crew: Crew,
  listen: Target['listen'] = crew.plan.target.listen,
): Promise<Service> {
  const { plan, world, driver, lease } = crew
  world.signal.throwIfAborted()
  const identity = newIdentity()
  const unborn = { pid: 0, started: 0, mark: identity.mark }
  await Promise.all([driver.expect(identity.token), driver.guard(unborn)])
  lease.hold(unborn)
  const address = await freshAddress(listen)
  const service = new Service(variant, {
    identity,
    address,
    plan,
    socket: driver.socket,
    environment: world.environment,
  })
  lease.hold(service.trace)
  try {
    await driver.guard(service.trace)
  } catch (error) {
    // The driver has ended meanwhile, and nobody else knows of the process yet.
    await dismiss(service, crew)
    throw error
  }
  return service
}

/** @returns the processes that could not be ended */
async function dismiss(service: Service, { driver, lease }: Crew, grace?: number): Promise<number[]> {
  const left = await service.stop(grace)
  discard(service.address)
  if (left.length > 0) return left
  lease.drop(service.trace)
  // A driver that has ended guards nothing any more.
  await driver.release(service.trace, service.token).catch(() => {})
  return []
}

/** What happened to a launch in the driver, told with what the process itself said. */
async function explain(error: unknown, services: Service[]): Promise<unknown> {
  if (!(error instanceof LaunchError)) return error
  const service = services.find(({ variant }) => variant.id === error.variant)
  if (!service) return error
  const ending = await service.endingWithin(EXIT_TIMEOUT)
  const how = ending
    ? `${endingOf(ending)} during its ${error.phase} slices.`
    : `failed during its ${error.phase} slices: ${error.message}`
  return service.failure(how, LOAD_BY_HAND)
}

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}
