/** A run whose services are on another machine, under the load of Artillery workers on more machines. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../harness/measure/harness/address.ts'
import { mortal } from '../../harness/measure/harness/command.ts'
import type { Sides } from '../../harness/model/comparison.ts'
import { ROOT } from '../experiment.ts'
import { flamegate, type ReportDocument } from '../flamegate.ts'
import type { Installed } from './installed.ts'
import { end, type Machine, Network } from './machine.ts'

const SCENARIO = 'validate/engines/machines.scenario.ts'
const CLIENT = join(ROOT, 'harness/loaders/gate/artillery.yml')
const [CERTIFICATE, KEY] = ['certificate', 'key'].map(name => join(ROOT, `test/fixtures/tls/${name}.pem`))

interface Worker {
  child: ChildProcess
  /** Starts another one in its place. */
  come(): void
}

export interface Far {
  workers: number
  /** Virtual users of each worker. */
  users: number
  /** Requests per second to each service. */
  atMost: number
  /** Variables of each service. */
  services: Sides<Record<string, string>>
  /** Modules of this folder that are preloaded into the workers, in order. */
  preloaded: (string | undefined)[]
  /** Milliseconds after which the first worker is killed, and another one comes. */
  killedAfter?: number
  /** Milliseconds of the run. */
  maxTime: number
}

export async function measureFar(
  { workers, users, atMost, services, preloaded, killedAfter, maxTime }: Far,
  { path }: Installed,
  output: string,
  signal: AbortSignal,
): Promise<ReportDocument> {
  const network = new Network()
  const started: ChildProcess[] = []
  try {
    const BLUE = await service(started, network.address, services.before)
    const GREEN = await service(started, network.address, services.after)
    const GATE = `${network.address}:${await freePort()}`
    const token = randomUUID()
    const all: Worker[] = []
    for (let at = 0; at < workers; at++) {
      const machine = await network.add()
      const environment = {
        PATH: path,
        FLAMEGATE_GATE: `https://${GATE}`,
        FLAMEGATE_GATE_TOKEN: token,
        FLAMEGATE_PATIENCE: '120',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_NO_WARNINGS: '1',
      }
      const file = preloaded[at]
      const options = file && { NODE_OPTIONS: `--import ${join(import.meta.dirname, file)}` }
      const come = (special = {}) => work(machine, users, { ...environment, ...special })
      all.push({ child: come({ ...options }), come })
    }
    const run = flamegate([SCENARIO, '--remote', '--max-time', `${maxTime}ms`, '--output', output], {
      environment: {
        ...{ BLUE, GREEN, GATE, CONNECTIONS: String(workers * users), AT_MOST: String(atMost) },
        ...{ FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_GATE_CERT: CERTIFICATE!, FLAMEGATE_GATE_KEY: KEY! },
      },
      signal,
    })
    const replaced = killedAfter === undefined ? undefined : replace(all[0]!, killedAfter)
    const [report] = await Promise.all([run, replaced])
    return report
  } finally {
    for (const child of started) await end(child)
    await network.remove()
  }
}

async function service(
  started: ChildProcess[],
  host: string,
  variables: Record<string, string>,
): Promise<string> {
  const file = join(import.meta.dirname, 'slow-service.js')
  const [program, ...args] = mortal([process.execPath, file])
  const env = { ...process.env, HOST: host, ...variables }
  const child = spawn(program!, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [port] = await once(child.stdout, 'data')
  return `http://${host}:${String(port).trim()}`
}

function work(machine: Machine, users: number, environment: Record<string, string>): ChildProcess {
  const phases = [{ duration: 86_400, arrivalRate: users, maxVusers: users }]
  const overrides = JSON.stringify({ config: { phases } })
  return machine.start(['artillery', 'run', '--quiet', '--overrides', overrides, CLIENT], environment)
}

/** Kills a worker at its work, and has another one come. */
async function replace({ child, come }: Worker, after: number): Promise<void> {
  await wait(after)
  await end(child)
  come()
}
