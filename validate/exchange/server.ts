/** `flamegate serve` in its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ROOT } from '../experiment.ts'

export class Server {
  readonly #child: ChildProcess
  readonly #headers: Record<string, string>
  /** Lines of its log. */
  readonly said: string[] = []
  address = ''

  /** @param folder that it keeps windows in @param token empty: everybody on this machine may ask */
  constructor(folder: string, args: string[] = [], token = '') {
    this.#headers = token === '' ? {} : { authorization: `Bearer ${token}` }
    this.#child = spawn(
      process.execPath,
      ['harness/bin.js', 'serve', '--folder', folder, '--port', '0', ...args],
      {
        cwd: ROOT,
        env: { ...process.env, FLAMEGATE_SERVE_TOKEN: token },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    createInterface(this.#child.stderr!).on('line', line => this.said.push(line))
  }

  /** @throws Error when it ends instead */
  async started(): Promise<this> {
    const lines = createInterface(this.#child.stdout!)
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error(`the server has ended: ${this.said.join('\n')}`)
    })
    const [line] = await Promise.race([once(lines, 'line'), ended])
    // It ends at some time, which is nobody's mistake then.
    ended.catch(() => {})
    this.address = String(line).replace('Listening on ', '')
    return this
  }

  /** @param name of a series, such as `shop{version=1}`; @returns the status, or 0 without an answer */
  push(name: string, content: Uint8Array): Promise<number> {
    return this.post(`/ingest?${new URLSearchParams({ name, format: 'pprof' })}`, content)
  }

  /** @returns the status, or 0 without an answer */
  async post(path: string, content: Uint8Array, headers: Record<string, string> = {}): Promise<number> {
    try {
      const response = await fetch(this.address + path, {
        method: 'POST',
        headers: { ...this.#headers, ...headers },
        body: new Uint8Array(content),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }

  /** @returns a page, and the milliseconds until it was there */
  async get(path: string): Promise<{ time: number; status: number; text: string }> {
    const began = performance.now()
    const response = await fetch(this.address + path, { headers: this.#headers })
    const text = await response.text()
    return { time: performance.now() - began, status: response.status, text }
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
