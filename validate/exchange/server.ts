/** `flamegate serve` in its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ROOT } from '../experiment.ts'

export class Server {
  readonly #child: ChildProcess
  address = ''

  /** @param folder that it keeps windows in */
  constructor(folder: string, ...args: string[]) {
    this.#child = spawn(
      process.execPath,
      ['harness/bin.js', 'serve', '--folder', folder, '--port', '0', ...args],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    )
  }

  async started(): Promise<this> {
    const lines = createInterface(this.#child.stdout!)
    const [line] = await once(lines, 'line')
    this.address = String(line).replace('Listening on ', '')
    return this
  }

  /** @param name of a series, such as `shop{version=1}`; @returns the status, or 0 without an answer */
  async push(name: string, content: Uint8Array): Promise<number> {
    const query = new URLSearchParams({ name, format: 'pprof' })
    try {
      const response = await fetch(`${this.address}/ingest?${query}`, {
        method: 'POST',
        body: new Uint8Array(content),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }

  /** Milliseconds until a page was there. */
  async get(path: string): Promise<{ time: number; status: number }> {
    const began = performance.now()
    const response = await fetch(this.address + path)
    await response.arrayBuffer()
    return { time: performance.now() - began, status: response.status }
  }

  get pid(): number {
    return this.#child.pid!
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await once(this.#child, 'exit')
  }
}
