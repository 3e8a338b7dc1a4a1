/** The driver's end of the agents: a private local socket that the targets' processes connect to. */
import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { AgentLink } from '../../../model/capabilities.ts'
import {
  type AgentReply,
  asCounters,
  asFigures,
  asFollowedRequests,
  asHello,
  asPauses,
  asReply,
  asScripts,
  asStretches,
  type Hello,
  parseLine,
} from './replies.ts'

/** Characters of an agent's first message, which has its token, and of any other. A profile is large. */
const LONGEST_HELLO = 16 * 2 ** 10
const LONGEST = 256 * 2 ** 20
/** Agents of one launch; more are a fault or an attack. */
const MOST_AGENTS = 4_096

export class Agent implements AgentLink {
  readonly pid: number
  readonly threadId: number
  readonly versions: Record<string, string>
  readonly #socket: Socket
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #last = 0

  constructor(socket: Socket, { pid, threadId, versions }: Hello) {
    this.#socket = socket
    this.pid = pid
    this.threadId = threadId
    this.versions = versions
  }

  get alive(): boolean {
    return !this.#socket.destroyed
  }

  async read(levels = false) {
    return asCounters(await this.#ask({ command: 'read', levels }))
  }

  async post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>> {
    const result = await this.#ask({ command: 'post', method, params })
    return (result ?? {}) as Record<string, unknown>
  }

  async loopDelay(action: 'on' | 'latest' | 'off') {
    return asFigures(await this.#ask({ command: 'loopDelay', action }))
  }

  async turns(threshold: number) {
    return asStretches(await this.#ask({ command: 'turns', threshold }))
  }

  async waits(perSecond: number) {
    return asFollowedRequests(await this.#ask({ command: 'waits', perSecond }))
  }

  async snapshot(path: string): Promise<void> {
    await this.#ask({ command: 'snapshot', path })
  }

  async pauses(on: boolean) {
    return asPauses(await this.#ask({ command: 'pauses', on }))
  }

  /** Costs the target optimised code, so everything must be measured before. */
  async scripts(urls: string[]) {
    return asScripts(await this.#ask({ command: 'scripts', urls }))
  }

  disconnect(): void {
    this.#socket.destroy()
  }

  receive({ id, result, error }: AgentReply): void {
    const asked = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) asked?.resolve(result)
    else asked?.reject(new Error(`agent of process ${this.pid}: ${error}`))
  }

  closed(): void {
    for (const id of this.#waiting.keys()) this.receive({ id, error: 'the process ended' })
  }

  #ask(request: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#last
    const asked = Promise.withResolvers<unknown>()
    this.#waiting.set(id, asked)
    if (this.alive) this.#socket.write(`${JSON.stringify({ id, ...request })}\n`)
    else this.closed()
    return asked.promise
  }
}

/** Listens for agents. Each launch has its own token, and an agent without a valid one is turned away. */
export class AgentServer {
  readonly path: string
  readonly #server: Server
  readonly #agents = new Map<string, Agent[]>()

  private constructor(path: string, server: Server) {
    this.path = path
    this.#server = server
    server.on('connection', socket => this.#greet(socket))
  }

  /** @param folder that nobody else can enter */
  static async listen(folder: string): Promise<AgentServer> {
    const path =
      process.platform === 'win32' ? `\\\\.\\pipe\\flamegate-${process.pid}` : join(folder, 'agent.sock')
    // A driver that was killed leaves its socket; the folder belongs to this run alone.
    if (process.platform !== 'win32') rmSync(path, { force: true })
    const server = createServer().listen(path)
    await once(server, 'listening')
    if (process.platform !== 'win32') chmodSync(path, 0o600)
    return new AgentServer(path, server)
  }

  expect(token: string): void {
    if (!this.#agents.has(token)) this.#agents.set(token, [])
  }

  /** The living agents of a launch, in the order in which they connected. */
  of(token: string): Agent[] {
    return (this.#agents.get(token) ?? []).filter(agent => agent.alive)
  }

  forget(token: string): void {
    this.#agents.delete(token)
  }

  close(): void {
    this.#server.close()
  }

  #greet(socket: Socket): void {
    const lines = new Lines()
    let agent: Agent | undefined
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const complete = lines.push(text, agent ? LONGEST : LONGEST_HELLO)
      if (!complete) return void socket.destroy()
      for (const line of complete) {
        const message = parseLine(line)
        if (!message) return void socket.destroy()
        if (agent) {
          const reply = asReply(message)
          if (reply) agent.receive(reply)
          continue
        }
        agent = this.#admit(socket, message)
        if (!agent) return void socket.destroy()
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => agent?.closed())
  }

  #admit(socket: Socket, message: Record<string, unknown>): Agent | undefined {
    const hello = asHello(message)
    const launch = hello && this.#agents.get(hello.token)
    if (!launch || launch.filter(({ alive }) => alive).length >= MOST_AGENTS) return undefined
    const agent = new Agent(socket, hello)
    launch.push(agent)
    return agent
  }
}

/** Splits a text that comes in pieces into lines. Looks at each piece once, however long its line gets. */
export class Lines {
  #pieces: string[] = []
  #length = 0

  /** @returns the lines completed by this piece, or undefined when one is longer than `limit` characters */
  push(text: string, limit: number): string[] | undefined {
    const [first = '', ...rest] = text.split('\n')
    this.#pieces.push(first)
    this.#length += first.length
    if (rest.length === 0) return this.#length > limit ? undefined : []
    const lines = [this.#pieces.join(''), ...rest.slice(0, -1)]
    this.#pieces = [rest.at(-1)!]
    this.#length = this.#pieces[0]!.length
    return Math.max(this.#length, ...lines.map(line => line.length)) > limit ? undefined : lines
  }
}
