/** Opens the gate once for all launches of a round, and starts the engine whose workers come to it. */
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Helper, LoadOptions } from '../../model/capabilities.ts'
import { MeasureError } from '../../model/errors.ts'
import { Gate, type Place } from './gate.ts'
import { GateSession } from './session.ts'

/** Milliseconds in which the workers must come. */
const LIMIT = 60_000

export interface Engine {
  /** Where the gate listens; default: any port of this machine alone. */
  place?(options: LoadOptions): Place
  /** The command of a process with so many workers; absent where somebody else starts them. */
  command?(gate: string, workers: number, options: LoadOptions): string[]
}

interface Opened {
  gate: Gate
  helpers: Helper[]
}

/** The launches of a round share workers and their machines, so that a slow one is equally slow for all of them. */
let shared: Promise<Opened> | undefined
let sessions = 0

export async function openSession(options: LoadOptions, engine: Engine): Promise<GateSession> {
  sessions++
  shared ??= open(options, engine)
  let isReleased = false
  const release = async () => {
    if (isReleased) return
    isReleased = true
    sessions--
    if (sessions === 0) await close()
  }
  try {
    const { gate } = await shared
    return await new GateSession(gate, options, release).open()
  } catch (error) {
    await release()
    throw error
  }
}

async function close(): Promise<void> {
  const opened = shared
  shared = undefined
  const { gate, helpers } = (await opened?.catch(() => undefined)) ?? { helpers: [] }
  await gate?.close()
  // Engines take their time to end, and have nothing left to tell.
  await Promise.all(helpers.map(helper => helper.end('SIGKILL')))
}

async function open(options: LoadOptions, { place, command }: Engine): Promise<Opened> {
  const { connections, workers = 1 } = options.load
  const gate = await Gate.open(connections, place?.(options) ?? { host: '127.0.0.1', port: 0 })
  const helpers: Helper[] = []
  try {
    if (command)
      for (const share of shares(connections, workers))
        helpers.push(await options.helper!(command(gate.url, share, options)))
    await gate.joined(LIMIT)
    return { gate, helpers }
  } catch (error) {
    await gate.close()
    await Promise.all(helpers.map(helper => helper.end('SIGKILL')))
    throw error
  }
}

/** @returns how many of the connections each process has */
const shares = (connections: number, processes: number): number[] =>
  Array.from({ length: Math.min(processes, connections) }, (_, i) =>
    Math.ceil((connections - i) / Math.min(processes, connections)),
  )

/** Looks for a program on the PATH, and among the packages of the project. @throws MeasureError when it is not there */
export function programOf(name: string, advice: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (let at = process.cwd(); at !== dirname(at); at = dirname(at))
    folders.push(join(at, 'node_modules/.bin'))
  const found = folders.map(folder => join(folder, name)).find(isExecutable)
  if (found === undefined) throw new MeasureError(`${name} is not installed.`, { advice })
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
