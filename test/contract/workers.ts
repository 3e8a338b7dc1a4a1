/** What loaders with workers of another engine need to be tested like the others: programs, and somebody who starts them. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import type { Helper, Loader, LoadOptions, LoadSession } from '../../harness/model/capabilities.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Where k6 or locust is not installed, its double runs the same script. */
process.env.PATH = `${process.env.PATH}${delimiter}${join(ROOT, 'test/fixtures/k6')}`

const isInstalled = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))

/** Why a loader cannot be tested here; empty where it can. */
export const unavailable = ({ name }: Loader, client?: Client): string => {
  if (name === 'artillery' && !isInstalled('artillery')) return 'Artillery is not installed'
  return client === 'locust' && !isInstalled('locust') && !isInstalled('python3')
    ? 'Python is not installed'
    : ''
}

/** Clients that come to the gate by themselves. */
export const CLIENTS = ['k6', 'locust'] as const
export type Client = (typeof CLIENTS)[number]

/** How a client is started, told of the gate by its environment. */
const COMMANDS: Record<
  Client,
  (users: number) => { command: string[]; environment?: Record<string, string> }
> = {
  k6: users => ({
    command: ['k6', 'run', '-e', `FLAMEGATE_WORKERS=${users}`, join(ROOT, 'harness/loaders/gate/k6.js')],
  }),
  locust: users => {
    const args = ['-f', join(ROOT, 'docs/scale/locustfile.py'), '--headless', '--users', String(users)]
    args.push('--spawn-rate', String(users))
    if (isInstalled('locust')) return { command: ['locust', ...args] }
    return {
      command: ['python3', '-m', 'locust', ...args],
      environment: { PYTHONPATH: join(ROOT, 'test/fixtures/locust'), PYTHONDONTWRITEBYTECODE: '1' },
    }
  },
}

type Running = ResultPromise<{ buffer: false; reject: false }>

/** The loader, with workers that come when it opens. */
export class WithWorkers implements Loader {
  readonly name: string
  readonly lacks: Loader['lacks']
  readonly #loader: Loader
  readonly #client: Client
  readonly #running: Running[] = []

  constructor(loader: Loader, client: Client = 'k6') {
    this.name = loader.name === 'gate' ? `gate, by ${client}` : loader.name
    this.lacks = loader.lacks
    this.#loader = loader
    this.#client = client
  }

  async open(options: LoadOptions): Promise<LoadSession> {
    const helper = async (command: string[]) => this.#start(command)
    if (this.#loader.name !== 'gate') return await this.#loader.open({ ...options, helper })
    const listen = `127.0.0.1:${await freePort()}`
    const { command, environment } = COMMANDS[this.#client](options.load.connections)
    this.#start(command, { ...environment, FLAMEGATE_GATE: `http://${listen}`, FLAMEGATE_PATIENCE: '5' })
    return await this.#loader.open({ ...options, load: { ...options.load, listen } })
  }

  async end(): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
    await Promise.all(this.#running.splice(0))
  }

  #start([program, ...args]: string[], env: Record<string, string> = {}): Helper {
    const child: Running = execa(program!, args, { buffer: false, reject: false, env })
    this.#running.push(child)
    return {
      pid: child.pid!,
      end: async signal => {
        child.kill(signal)
        await child
        return ''
      },
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  const port = await new Promise<number>(resolve =>
    server.on('listening', () => resolve((server.address() as { port: number }).port)),
  )
  await new Promise(resolve => server.close(resolve))
  return port
}
