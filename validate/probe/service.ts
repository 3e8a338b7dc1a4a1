/** A service with the probe, loaded by hand. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { readProfile } from '../../harness/formats/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree } from '../../harness/profile/index.ts'

const SERVER = join(import.meta.dirname, 'server.cjs')

export interface Kept {
  /** Relative to the store. */
  name: string
  kind: string
  profile: Profile
}

export class Service {
  readonly store: string
  readonly #child: ChildProcess
  readonly #agent = new Agent({ connections: 64 })
  origin = ''

  /** @param options of the probe, besides its store; none: without a probe */
  constructor(options: object | undefined, environment: Record<string, string> = {}) {
    this.store = mkdtempSync(join(tmpdir(), 'flamegate-store-'))
    const given = options && {
      service: 'shop',
      ...options,
      store: { folder: this.store, ...('store' in options && (options.store as object)) },
    }
    this.#child = spawn(process.execPath, [SERVER], {
      env: { ...process.env, ...environment, ...(given && { PROBE: JSON.stringify(given) }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  async started(): Promise<this> {
    const [port] = await once(this.#child.stdout!, 'data')
    this.origin = `http://127.0.0.1:${String(port).trim()}`
    return this
  }

  /** @returns status, and milliseconds until the answer was there */
  async get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; time: number }> {
    const began = performance.now()
    const { statusCode, body } = await request(this.origin + path, { headers, dispatcher: this.#agent })
    await body.dump()
    return { status: statusCode, time: performance.now() - began }
  }

  /**
   * Requests at a rate (requests/s), until they are stopped.
   *
   * @param path of each request, by its number; @returns stops them, and tells how many there were
   */
  load(path: (number: number) => string, rate: number): () => Promise<number> {
    let sent = 0
    let running = true
    const began = performance.now()
    const done = (async () => {
      const open = new Set<Promise<unknown>>()
      while (running) {
        for (const due = ((performance.now() - began) * rate) / 1_000; sent < due; sent++) {
          const asked = this.get(path(sent)).catch(() => {})
          open.add(asked)
          void asked.then(() => open.delete(asked))
        }
        await setTimeout(1)
      }
      await Promise.all(open)
    })()
    return async () => {
      running = false
      await done
      return sent
    }
  }

  names(): string[] {
    if (!existsSync(this.store)) return []
    const all = readdirSync(this.store, { recursive: true, encoding: 'utf8' })
    return all.filter(name => name.endsWith('.pb.gz')).toSorted()
  }

  /** Waits for a profile of that kind. @returns undefined when there is none in time */
  async keeps(kind: string, patience: number): Promise<Kept | undefined> {
    for (const deadline = performance.now() + patience; performance.now() < deadline; await setTimeout(20)) {
      const name = this.names().find(each => each.includes(`-${kind}.pb.gz`))
      if (name === undefined) continue
      const { profile } = readProfile(readFileSync(join(this.store, name)))
      return { name, kind, profile }
    }
    return undefined
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#agent.destroy()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await once(this.#child, 'exit')
  }

  remove(): void {
    rmSync(this.store, { recursive: true, force: true })
  }
}

/** Functions of the service's own file by their time, the longest first. What Node does belongs to the function that asked for it. */
export function hottest(profile: Profile): string[] {
  const { frames, frame, parent, self } = buildCallTree([profile], {
    without: ({ name }) => name === '(idle)',
  })
  const times = new Map<string, number>()
  for (let node = 0; node < parent.length; node++) {
    let at = node
    while (at !== -1 && !frames[frame[at]!]!.file.endsWith('server.cjs')) at = parent[at]!
    if (at === -1) continue
    const { name } = frames[frame[at]!]!
    times.set(name, (times.get(name) ?? 0) + self[0]![node]!)
  }
  return [...times].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
}
