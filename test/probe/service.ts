/** Real services that carry the probe. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { decodePprof, readProfile } from '../../harness/formats/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'

export const SERVICE = fixture('probed.cjs')
export const FRAMEWORK = fixture('framework.mjs')

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

/** A profile of the store, with all that its window says. */
export interface Kept {
  name: string
  profile: Profile
  window: Record<string, unknown> & { kind: string; requests: number; capture?: string }
}

/** Windows and captures as short as they can be. */
export const QUICK = {
  continuous: { window: '300ms', interval: '1ms' },
  limits: { capture: '200ms', cooldown: '1ms', utilisation: '100%' },
}

export async function start(options: object = {}) {
  const service = new ProbedService({ ...QUICK, ...options })
  onTestFinished(async () => void (await service.end()))
  return await service.started()
}

export class ProbedService {
  readonly store = mkdtempSync(join(tmpdir(), 'flamegate-store-'))
  readonly child: ChildProcess
  private readonly closed: Promise<unknown>
  origin = ''
  stderr = ''

  /** @param options of the probe, without the folder of its store; @param args of Node */
  constructor(options: object, { node = process.execPath, args = [SERVICE], env = {} } = {}) {
    const given = { service: 'shop', store: { folder: this.store }, ...options }
    this.child = spawn(node, args, {
      env: { ...process.env, ...env, OPTIONS: JSON.stringify(given) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.closed = once(this.child, 'close')
    this.child.stderr!.on('data', text => {
      this.stderr += String(text)
    })
  }

  async started(): Promise<this> {
    const [port] = await once(this.child.stdout!, 'data')
    this.origin = `http://127.0.0.1:${String(port).trim()}`
    // It is answered once the probe's profiler runs.
    await this.get('/debug/pprof/')
    return this
  }

  async get(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(this.origin + path, init)
    // So that the connection is free again.
    return new Response(await response.text(), { status: response.status, headers: response.headers })
  }

  /** Profiles in the store, the oldest first. */
  kept(): Kept[] {
    if (!existsSync(this.store)) return []
    return readdirSync(this.store, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.pb.gz'))
      .sort((a, b) => (a.slice(a.lastIndexOf('/')) < b.slice(b.lastIndexOf('/')) ? -1 : 1))
      .map(name => {
        const profile = decodePprof(readFileSync(join(this.store, name)))
        const text = profile.comments.find(comment => comment.startsWith('flamegate-window '))!
        return { name, profile, window: JSON.parse(text.slice('flamegate-window '.length)) }
      })
  }

  /** What followed requests have waited for, the oldest first. */
  waits(): { name: string; profile: Profile }[] {
    return readdirSync(this.store, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('-waits.json.gz'))
      .toSorted()
      .map(name => ({ name, profile: readProfile(readFileSync(join(this.store, name))).profile }))
  }

  /** Waits until the store has a profile of that kind. */
  async keeps(isIt: (kept: Kept) => boolean): Promise<Kept> {
    for (;;) {
      const found = this.kept().find(isIt)
      if (found) return found
      if (this.child.exitCode !== null) throw new Error(`the service has ended: ${this.stderr}`)
      await sleep(20)
    }
  }

  /** Waits for its own children too, which share its output and may still write to the store. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    await this.closed
    return this.child.exitCode
  }
}

/** Names of functions by the time that was spent in them and in what they called, the longest first. */
export function hottest(profile: Profile): string[] {
  const tree = buildCallTree([profile], { without: ({ name }) => name === '(idle)' })
  const total = functionTable(tree).total[0]!
  return tree.frames
    .map(({ name }, at) => ({ name, time: total[at]! }))
    .toSorted((a, b) => b.time - a.time)
    .map(({ name }) => name)
}
