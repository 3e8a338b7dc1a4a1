/** The near end of the agents: a private local socket that the targets' processes connect to. */
import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { AgentLink, Stretches } from '../../model/capabilities.ts'
import type { Pauses } from '../../model/record.ts'

/** What an agent reads of its own process or thread; see `agent.js`. Times in ns, sizes in bytes. */
export interface AgentCounters {
  allocated: number | null
  heapUsed: number
  /** Levels cost the target about a millisecond, so they are read on demand. */
  codeSize: number | null
  resident: number | null
  gcCount: number
  gcPause: number
  loopActive: number
  loopIdle: number
  cpu: number
}

interface Reply {
  id?: number
  result?: unknown
  error?: string
  token?: string
  pid?: number
  threadId?: number
  versions?: Record<string, string>
}

const NO_PAUSES: Pauses = { kind: [], duration: [], before: [], after: [] }

export class Agent implements AgentLink {
  readonly pid: number
  readonly threadId: number
  readonly versions: Record<string, string>
  readonly #socket: Socket
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #last = 0

  constructor(socket: Socket, hello: Reply) {
    this.#socket = socket
    this.pid = hello.pid ?? 0
    this.threadId = hello.threadId ?? 0
    this.versions = hello.versions ?? {}
  }

  get alive(): boolean {
    return !this.#socket.destroyed
  }

  async read(levels = false): Promise<AgentCounters> {
    return (await this.#ask({ command: 'read', levels })) as AgentCounters
  }

  async post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return (await this.#ask({ command: 'post', method, params })) as Record<string, unknown>
  }

  async loopDelay(step: 'on' | 'latest' | 'off'): Promise<Record<string, number>> {
    return (await this.#ask({ command: 'loopDelay', step })) as Record<string, number>
  }

  async turns(threshold: number): Promise<Stretches> {
    return (await this.#ask({ command: 'turns', threshold })) as Stretches
  }

  async snapshot(path: string): Promise<void> {
    await this.#ask({ command: 'snapshot', path })
  }

  async pauses(on: boolean): Promise<Pauses> {
    return { ...NO_PAUSES, ...((await this.#ask({ command: 'pauses', on })) as Partial<Pauses>) }
  }

  disconnect(): void {
    this.#socket.destroy()
  }

  receive(reply: Reply): void {
    const waiter = this.#waiting.get(reply.id ?? -1)
    if (!waiter) return
    this.#waiting.delete(reply.id ?? -1)
    waiter(reply)
  }

  closed(): void {
    for (const waiter of this.#waiting.values()) waiter({ error: 'the process ended' })
    this.#waiting.clear()
  }

  #ask(request: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, reply => {
        if (reply.error === undefined) resolve(reply.result)
        else reject(new Error(`agent of process ${this.pid}: ${reply.error}`))
      })
      if (this.alive) this.#socket.write(`${JSON.stringify({ id, ...request })}\n`)
      else this.receive({ id, error: 'the process ended' })
    })
  }
}

/** Listens for agents; each launch has a token of its own, and an agent that shows none of them is turned away. */
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
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    if (process.platform !== 'win32') chmodSync(path, 0o600)
    return new AgentServer(path, server)
  }

  expect(token: string): void {
    this.#agents.set(token, [])
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
    let agent: Agent | undefined
    let pending = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      pending += text
      const lines = pending.split('\n')
      pending = lines.pop() ?? ''
      for (const line of lines) {
        const reply = parse(line)
        if (!reply) return void socket.destroy()
        if (agent) {
          agent.receive(reply)
          continue
        }
        const launch = this.#agents.get(reply.token ?? '')
        if (!launch) return void socket.destroy()
        agent = new Agent(socket, reply)
        launch.push(agent)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => agent?.closed())
  }
}

/** What comes out of a target is not trusted: anything but an object ends the connection. */
function parse(line: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Reply) : undefined
  } catch {
    return undefined
  }
}
