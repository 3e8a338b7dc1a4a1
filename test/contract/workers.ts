/** What loaders with workers of another engine need to be tested like the others: programs, and somebody who starts them. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import type { Helper, Loader, LoadOptions, LoadSession } from '../../harness/model/capabilities.ts'

const ROOT = join(import.meta.dirname, '../..')

/** k6 cannot be had everywhere. Its double runs the same script. */
process.env.PATH = `${join(ROOT, 'test/fixtures/k6')}${delimiter}${process.env.PATH}`

const isInstalled = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))

/** Why a loader cannot be tested here; empty where it can. */
export const unavailable = ({ name }: Loader): string =>
  name === 'artillery' && !isInstalled('artillery') ? 'Artillery is not installed' : ''

type Running = ResultPromise<{ buffer: false; reject: false }>

/** The loader, with workers that come when it opens. */
export class WithWorkers implements Loader {
  readonly name: string
  readonly lacks: Loader['lacks']
  readonly #loader: Loader
  readonly #running: Running[] = []

  constructor(loader: Loader) {
    this.name = loader.name
    this.lacks = loader.lacks
    this.#loader = loader
  }

  async open(options: LoadOptions): Promise<LoadSession> {
    const helper = async (command: string[]) => this.#start(command)
    if (this.name !== 'gate') return await this.#loader.open({ ...options, helper })
    const listen = `127.0.0.1:${await freePort()}`
    const { connections } = options.load
    const variables = {
      FLAMEGATE_GATE: `http://${listen}`,
      FLAMEGATE_WORKERS: connections,
      FLAMEGATE_PATIENCE: 5,
    }
    const told = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    this.#start(['k6', 'run', ...told, join(ROOT, 'harness/loaders/gate/k6.js')])
    return await this.#loader.open({ ...options, load: { ...options.load, listen } })
  }

  async end(): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
    await Promise.all(this.#running.splice(0))
  }

  #start([program, ...args]: string[]): Helper {
    const child: Running = execa(program!, args, { buffer: false, reject: false })
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
