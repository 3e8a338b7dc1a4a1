/**
 * What the services need: started before them in the order of the scenario, kept for a round or the whole run, and stopped after
 * them. Each has the variables of those before it.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MeasureError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import type { PlannedNeed } from '../../model/needs.ts'
import type { Plan } from '../../model/plan.ts'
import type { NeedVersion } from '../../model/record.ts'
import type { World } from '../../model/world.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { filled } from '../../scenario/needs.ts'
import { duration } from '../../words/numbers.ts'
import { firstProcess, imageId } from '../both/container-process.ts'
import { dataFolder, type OwnLease } from '../both/lease.ts'
import type { NeedProcess } from '../both/messages.ts'
import { discard, freePort } from '../harness/address.ts'
import { mortal } from '../harness/command.ts'
import type { Driver } from '../harness/driver.ts'
import { needLeft } from '../harness/findings.ts'
import { LATE, runToEnd } from './commands.ts'
import { inContainer } from './containers.ts'
import { ENGINES, type Prepared, placesOfCommand, placesOfUrl, versionOf } from './engines.ts'
import { Guard, type Start } from './guard.ts'
import { accepts, needReady } from './ready.ts'
import { endedFailure, hasEnded, needFailure, type Server, variablesOf, WatchedServer } from './server.ts'

/** Milliseconds that a need has to end after SIGTERM. When the run was interrupted, there is no time to lose. */
const GRACE = 3_000
const HASTY_GRACE = 500
/** Milliseconds in which an image is fetched. */
const PULL_LIMIT = 600_000

interface Surroundings {
  plan: Plan
  world: World
  lease: OwnLease
  notice(finding: Finding): void
}

export class Needs {
  readonly #setting: Surroundings
  #guard: Guard | undefined
  #servers: Server[] = []
  #started = 0

  constructor(setting: Surroundings) {
    this.#setting = setting
  }

  /**
   * Makes everything ready for a round: starts what is not running, and resets what has served an earlier round.
   *
   * @throws MeasureError when a need does not start, or its data cannot be made
   */
  async beforeRound(driver: Driver): Promise<void> {
    const { plan } = this.#setting
    if (!plan.needs) return
    this.#guard ??= new Guard(this.#setting.lease, driver)
    await this.#guard.use(driver)
    const first = this.#servers.findIndex(server => server.need.per === 'round' || hasEnded(server))
    // Those after it know its address, which will be another one.
    if (first >= 0) await this.#stopAll(this.#servers.slice(first))
    for (const need of plan.needs) {
      for (const variant of need.per === 'variant' ? plan.variants.map(({ id }) => id) : [undefined]) {
        const running = this.#servers.find(
          server => server.need.name === need.name && server.variant === variant,
        )
        if (!running) await this.#startWithSeed(need, variant)
        else if (need.reset) await this.#command(running, 'reset', need.reset)
      }
    }
  }

  /** The variables that the service of a variant gets. */
  variablesFor(variant: string): Record<string, string> {
    return this.#variables(variant)
  }

  /** The processes whose CPU is measured with the slices of a variant. */
  processesFor(variant: string): NeedProcess[] {
    return this.#of(variant).flatMap(({ need, pid }) => (pid === undefined ? [] : [{ name: need.name, pid }]))
  }

  /** Their names, by port. */
  portsFor(variant: string): Record<string, string> {
    return Object.fromEntries(this.#of(variant).map(({ need, places }) => [places.port, need.name]))
  }

  /** Why a round was lost, if a need has ended in it: everything else follows from that. */
  async failure(round: number): Promise<MeasureError | undefined> {
    const ended = this.#servers.find(hasEnded)
    return ended && (await endedFailure(ended, `in the middle of round ${round}`))
  }

  /** @throws MeasureError when a need has ended: a service can go on without it, and does other work then */
  async refuseEnded(round: number): Promise<void> {
    const failure = await this.failure(round)
    if (failure) throw failure
  }

  /** Their versions, as far as they can be asked. */
  async versions(): Promise<NeedVersion[]> {
    const version = async ({ server, engine, image }: PlannedNeed) =>
      engine && image ? `${image} (${await imageId(engine, image)})` : server && versionOf(server)
    const needs = this.#setting.plan.needs ?? []
    return await Promise.all(needs.map(async need => ({ name: need.name, version: await version(need) })))
  }

  async stop(): Promise<void> {
    await this.#stopAll(this.#servers)
  }

  /** The last one started is stopped first. */
  async #stopAll(servers: Server[]): Promise<void> {
    for (const server of servers.toReversed()) await this.#stop(server)
  }

  /** The servers for a variant. The yardstick is not a variant of the plan and needs nothing. */
  #of(variant: string | undefined): Server[] {
    if (variant !== undefined && variant === this.#setting.plan.yardstick?.variant.id) return []
    return this.#servers.filter(server => server.variant === undefined || server.variant === variant)
  }

  async #startWithSeed(need: PlannedNeed, variant: string | undefined): Promise<void> {
    const { signal } = this.#setting.world
    const server = await this.#start(need, variant)
    this.#servers.push(server)
    const succeeds = async (command: string[]) =>
      (await runToEnd(this.#guard!, this.#around(server, command), { limit: need.timeout, signal })).ok
    try {
      await needReady(server, { signal, succeeds })
      const { container } = server
      if (container) server.pid = await firstProcess(container, server.process!.trace.mark)
      if (need.seed) await this.#command(server, 'seed', need.seed)
    } catch (error) {
      // The next round must not take it for one that is ready and has its data.
      await this.#stop(server)
      throw error
    }
  }

  async #start(need: PlannedNeed, variant: string | undefined): Promise<Server> {
    if (need.url !== undefined) return { need, variant, places: placesOfUrl(need.url) }
    const { plan } = this.#setting
    const own = portOf(need)
    if (own !== undefined && (await accepts('127.0.0.1', own)))
      throw needFailure(
        { need },
        `cannot start: something listens on port ${own} already.`,
        'End it if it is a leftover, or give its `url` instead of a command.',
      )
    const port = own === undefined ? await freePort() : String(own)
    const prepared = await this.#prepare(need, variant, port)
    const { command, directory, places, ready, folder, grace, container } = prepared
    const line = ready.by === 'log' ? new RegExp(ready.pattern, ready.flags) : undefined
    const environment = {
      ...this.#environment(variant),
      ...prepared.environment,
      ...need.environment,
      PORT: prepared.environment?.PORT ?? port,
    }
    const process = await this.#guard!.start(
      { command, directory, environment, processors: plan.pinning?.loader, grace, container },
      child => new WatchedServer(child, line),
    )
    const pid = container ? undefined : process.trace.pid
    return { need: { ...need, ready }, variant, places, process, folder, container, pid }
  }

  /** How it is started at this port. */
  async #prepare(need: PlannedNeed, variant: string | undefined, port: string): Promise<Ready> {
    const { kind, command = [], directory, server, image, engine } = need
    if (image !== undefined && engine !== undefined) {
      await this.#fetch(need, engine, image)
      const prepared = inContainer({
        need: { ...need, image, engine },
        port,
        processors: this.#setting.plan.pinning?.loader,
        variables: Object.keys({ ...this.#variables(variant), ...need.environment }),
      })
      return { ...prepared, ready: need.ready.by === 'port' ? prepared.ready : need.ready }
    }
    if (!kind || server === undefined) {
      const places = placesOfCommand(kind, port)
      return {
        command: mortal(command.map(word => filled(word, places))),
        directory,
        places,
        ready: need.ready,
      }
    }
    const parent = dataFolder(this.#setting.lease.folder)
    // Each server's own folder is closed.
    mkdirSync(parent, { recursive: true, mode: 0o711 })
    const folder = join(parent, `${need.name}-${++this.#started}`)
    const run = async (words: string[], within: string) => {
      const start = {
        command: words,
        directory: within,
        environment: this.#environment(variant),
        processors: undefined,
      }
      const { limit, signal } = { limit: need.timeout, signal: this.#setting.world.signal }
      const { ok, how, lastWords } = await runToEnd(this.#guard!, start, { limit, signal })
      if (!ok)
        throw new MeasureError(`The need \`${need.name}\` cannot start: \`${initdbOf(words)}\` ${how}.`, {
          place: server,
          advice: NO_DATA,
          details: lastWords,
        })
    }
    const prepared = await ENGINES[kind]({ program: server, port, folder, run })
    return { ...prepared, folder, ready: need.ready.by === 'port' ? prepared.ready : need.ready }
  }

  /** @throws MeasureError when an image is not on this machine and cannot be fetched */
  async #fetch({ name }: PlannedNeed, engine: string, image: string): Promise<void> {
    if (await imageId(engine, image)) return
    const { signal, environment, directory } = this.#setting.world
    const start = { command: [engine, 'pull', image], directory, environment, processors: undefined }
    const { ok, how, lastWords } = await runToEnd(this.#guard!, start, { limit: PULL_LIMIT, signal })
    if (!ok)
      throw new MeasureError(
        `The image of the need \`${name}\` cannot be fetched: \`${basename(engine)} pull\` ${how}.`,
        {
          place: image,
          advice: 'Check its name, and fetch or build it by hand first.',
          details: lastWords,
        },
      )
  }

  /** The environment of the harness, with the variables of what runs already. */
  #environment(variant: string | undefined): Record<string, string | undefined> {
    return { ...this.#setting.world.environment, ...this.#variables(variant) }
  }

  #variables(variant: string | undefined): Record<string, string> {
    return Object.assign({}, ...this.#of(variant).map(variablesOf))
  }

  /** @throws MeasureError when it fails or takes too long */
  async #command(server: Server, what: 'seed' | 'reset', command: string[]): Promise<void> {
    const { plan, world } = this.#setting
    const limit = limitsOf(plan)[what]
    const { need, variant } = server
    const outcome = await runToEnd(this.#guard!, this.#around(server, command), {
      limit,
      signal: world.signal,
    })
    if (outcome.ok) return
    // A server that has ended is why its own commands fail.
    if (hasEnded(server)) throw await endedFailure(server, `during its ${what}`)
    const late = outcome.how === LATE
    const of = variant === undefined ? '' : ` (variant \`${variant}\`)`
    throw new MeasureError(
      `The ${what} of the need \`${need.name}\`${of} ${late ? `was not finished within ${duration(limit)}` : outcome.how}.`,
      {
        place: command.join(' '),
        advice: late
          ? `Make it faster, or raise \`limits.${what}\` of the scenario.`
          : 'Run it by hand. It has the variables that the service gets.',
        details: outcome.lastWords,
      },
    )
  }

  /** A command that has the variables of a need, and is for it. */
  #around({ need, variant }: Server, command: string[]): Start {
    const environment = { ...this.#environment(variant), ...need.environment }
    return { command, directory: need.directory, environment, processors: undefined }
  }

  async #stop(server: Server): Promise<void> {
    const { process, folder, places, need } = server
    const grace = this.#setting.world.signal.aborted ? HASTY_GRACE : GRACE
    const left = (await process?.stop(grace)) ?? []
    if (left.length > 0) this.#setting.notice(needLeft(need.name, left))
    if (folder !== undefined && left.length === 0) rmSync(folder, { recursive: true, force: true })
    if (portOf(need) === undefined) discard({ port: places.port, origin: '' })
    this.#servers = this.#servers.filter(other => other !== server)
  }
}

interface Ready extends Prepared {
  folder?: string
}

/** The port of this machine that it always has, if it cannot be told one. That of a container is its own. */
const portOf = ({ port, image }: PlannedNeed): number | undefined => (image === undefined ? port : undefined)

const initdbOf = (words: string[]): string => words.find(word => word.endsWith('initdb')) ?? words[0]!

const NO_DATA =
  'Its data is kept in the folder for temporary files. PostgreSQL does not run as root, so another user has to be able to enter that folder: set TMPDIR to one like /tmp.'
