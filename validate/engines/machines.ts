/**
 * Workers on machines of their own load services on another one, behind a network that delays and loses packets where the kernel can do
 * that.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../harness/measure/harness/address.ts'
import { mortal } from '../../harness/measure/harness/command.ts'
import { value } from '../../harness/words/numbers.ts'
import { type Context, ROOT, type Target } from '../experiment.ts'
import { flamegate, type ReportDocument } from '../flamegate.ts'
import { type Installed, install } from './installed.ts'
import { end, type Machine, Network } from './machine.ts'

const SCENARIO = 'validate/engines/machines.scenario.ts'
const CLIENT = join(ROOT, 'harness/loaders/gate/artillery.yml')
const [CERTIFICATE, KEY] = ['certificate', 'key'].map(name => join(ROOT, `test/fixtures/tls/${name}.pem`))

/** Milliseconds in which the service answers, and in which the changed one does. */
const [BEFORE, AFTER] = [10, 12]
/** Share by which the change may be told to be other than it is. */
const AGREES = 0.15
/** Virtual users of each worker. */
const USERS = 2
/** Milliseconds that a packet takes from a worker. */
const AWAY = 1
/** Milliseconds after which a worker is killed, and of a run with and without that. */
const [KILLED, TIME, LONG] = [35_000, 60_000, 150_000]

interface Case {
  workers: number
  after: number
  trouble?: 'killed' | 'slow' | 'clock off'
}

const CASES: Case[] = [
  ...[1, 2, 4, 8].map(workers => ({ workers, after: AFTER })),
  { workers: 4, after: BEFORE },
  ...(['killed', 'slow', 'clock off'] as const).map(trouble => ({ workers: 4, after: AFTER, trouble })),
]

const nameOf = ({ workers, after, trouble }: Case): string =>
  `${workers} ${workers === 1 ? 'worker' : 'workers'}${trouble ? `, one of them ${trouble}` : ''}, ${after === BEFORE ? 'no change' : `+${after - BEFORE} ms`}`

export async function* machines({ quick, signal, folder }: Context): AsyncGenerator<Target> {
  const installed = install(true)
  try {
    for (const one of quick ? CASES.slice(1, 2) : CASES) {
      if (signal.aborted) return
      yield* targetsOf(one, await measured(one, installed, join(folder, nameOf(one)), signal))
    }
  } finally {
    installed.remove()
  }
}

async function measured(
  { workers, after, trouble }: Case,
  { path }: Installed,
  output: string,
  signal: AbortSignal,
): Promise<ReportDocument> {
  const network = new Network()
  const services: ChildProcess[] = []
  try {
    const places = []
    for (const delay of [BEFORE, after]) places.push(await service(services, network.address, delay))
    const [BLUE, GREEN] = places as [string, string]
    const GATE = `${network.address}:${await freePort()}`
    const token = randomUUID()
    const environment = {
      PATH: path,
      FLAMEGATE_GATE: `https://${GATE}`,
      FLAMEGATE_GATE_TOKEN: token,
      FLAMEGATE_PATIENCE: '120',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_NO_WARNINGS: '1',
    }
    if (!network.isFar) console.error('This kernel has no netem: packets are neither delayed nor lost.')
    const preloaded = trouble === 'slow' || trouble === 'clock off' ? PRELOADED[trouble] : undefined
    const all = Array.from({ length: workers }, () => network.add(AWAY))
    const [first] = all.map((machine, at) =>
      work(machine, {
        ...environment,
        ...(preloaded && at === 0 && { NODE_OPTIONS: `--import ${preloaded}` }),
      }),
    )
    const run = flamegate(
      [SCENARIO, '--remote', '--max-time', `${trouble === 'killed' ? LONG : TIME}ms`, '--output', output],
      {
        environment: {
          ...{ BLUE, GREEN, GATE, CONNECTIONS: String(workers * USERS) },
          ...{ FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_GATE_CERT: CERTIFICATE!, FLAMEGATE_GATE_KEY: KEY! },
        },
        signal,
      },
    )
    const replaced = trouble === 'killed' ? replace(first!, all[0]!, environment) : undefined
    const [report] = await Promise.all([run, replaced])
    return report
  } finally {
    for (const child of services) await end(child)
    await network.remove()
  }
}

/** What makes a worker so. */
const PRELOADED = {
  slow: join(import.meta.dirname, 'slow-worker.js'),
  'clock off': join(import.meta.dirname, 'clock-off.js'),
}

async function service(started: ChildProcess[], host: string, delay: number): Promise<string> {
  const file = join(import.meta.dirname, 'slow-service.js')
  const [program, ...args] = mortal([process.execPath, file])
  const env = { ...process.env, HOST: host, DELAY: String(delay) }
  const child = spawn(program!, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [port] = await once(child.stdout, 'data')
  return `http://${host}:${String(port).trim()}`
}

function work(machine: Machine, environment: Record<string, string>): ChildProcess {
  const phases = [{ duration: 86_400, arrivalRate: USERS, maxVusers: USERS }]
  const overrides = JSON.stringify({ config: { phases } })
  return machine.start(['artillery', 'run', '--quiet', '--overrides', overrides, CLIENT], environment)
}

/** Kills a worker at its work, and has another one come. */
async function replace(
  worker: ChildProcess,
  machine: Machine,
  environment: Record<string, string>,
): Promise<void> {
  await wait(KILLED)
  await end(worker)
  work(machine, environment)
}

function* targetsOf(one: Case, report: ReportDocument): Generator<Target> {
  const name = nameOf(one)
  const wanted = one.after > BEFORE ? 'regressed' : 'fine'
  const [gate] = report.gates
  yield { name, value: gate?.status ?? 'unknown', bound: wanted, met: gate?.status === wanted }
  const { before, after } = report.comparisons.find(({ metric }) => metric === 'latency.p50') ?? {}
  const [told, is] = [((after ?? 0) - (before ?? 0)) / 1_000, one.after - BEFORE]
  const off = Math.abs(told - is)
  const most = AGREES * (AFTER - BEFORE)
  yield {
    name: `${name}: told as`,
    value: `${told.toFixed(2)} ms, with ${report.rounds} rounds`,
    bound: `${is.toFixed(2)} ± ${value(most * 1_000, 'µs')}`,
    met: off <= most,
  }
  const lost = report.findings.find(({ code }) => code === 'round-lost')?.message
  if (one.trouble === 'killed')
    yield { name: `${name}: named`, value: lost ?? 'not', bound: 'a worker', met: /worker/.test(lost ?? '') }
}
