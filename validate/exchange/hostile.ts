/** Under attack, proper pushes are still accepted, and memory stays bounded. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { residentMemory } from '../../harness/kernel/processes.ts'
import { duration, value } from '../../harness/words/numbers.ts'
import { atLeast, atMost, type Context, type Target } from '../experiment.ts'
import { attacks, largeWindow, MARKUP, markedWindow, NAMES } from './attacks.ts'
import { madeWindow } from './profiles.ts'
import { Server } from './server.ts'

/** Bytes that the process may grow by. */
const GROWTH = 256 * 2 ** 20
const TOKEN = 'a token'
/** Milliseconds that a proper push may take meanwhile. */
const LONGEST = 10_000
const SLOW = 10_000

export async function* hostile({ quick, signal }: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-hostile-'))
  const server = await new Server(join(folder, 'kept'), [], TOKEN).started()
  const proper = new Proper(server)
  for (let at = 0; at < 20; at++) await proper.push()
  const memory = new Memory(server.pid)
  try {
    for (const [name, attack] of attacks(madeWindow(200, 500, 1))) {
      if (signal.aborted) return
      const [statuses] = await Promise.all([attack(server), proper.push()])
      yield refused(name, statuses, name === 'damaged profiles', memory)
    }
    yield refused('no token, and wrong ones', await withoutToken(server), false, memory)
    yield* names(server, folder)
    yield refused('100 bodies of 7 MiB without an end', await unfinished(server, proper), false, memory)
    yield refused('100 answers of 7 MiB that nobody reads', await unread(server, proper), true, memory)
    yield* slow(server, proper, quick ? 5_000 : 40_000, memory)
    yield atMost(`${proper.sent} proper pushes meanwhile: refused`, proper.refused, 0, String)
    yield atMost('the longest of them', proper.longest, LONGEST, duration)
    yield atMost('lines of the log', server.said.length, 16, String)
    yield atMost('said twice', server.said.length - new Set(server.said).size, 0, String)
  } finally {
    memory.end()
    for (const line of server.said) console.log(`  ${line.slice(0, 150)}`)
    await server.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Pushes as an agent does. */
class Proper {
  readonly #server: Server
  readonly #window = madeWindow(3_000, 9_000, 1)
  sent = 0
  refused = 0
  /** Milliseconds. */
  longest = 0

  constructor(server: Server) {
    this.#server = server
  }

  async push(): Promise<void> {
    const began = performance.now()
    const status = await this.#server.push('shop{version=1.4}', this.#window)
    this.longest = Math.max(this.longest, performance.now() - began)
    this.sent++
    if (status !== 200) this.refused++
  }
}

/** What a process has grown by, looked at all the time. */
class Memory {
  readonly #pid: number
  readonly #before: number
  readonly #timer: NodeJS.Timeout
  #most = 0

  constructor(pid: number) {
    this.#pid = pid
    this.#before = residentMemory(pid)
    this.#timer = setInterval(() => this.#look(), 20)
  }

  #look(): void {
    this.#most = Math.max(this.#most, residentMemory(this.#pid) - this.#before)
  }

  /** The most since this was asked last. */
  grown(): number {
    this.#look()
    const most = this.#most
    this.#most = 0
    return most
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

/** @param isSome whether some may be accepted; answered they are all */
function refused(name: string, statuses: number[], isSome: boolean, memory: Memory): Target {
  // Without an answer, the connection was cut: a client that sends too much may not read it.
  const wrong = statuses.filter(status => !(status >= 400 && status < 500) && ![0, 503].includes(status))
  const bad = isSome ? wrong.filter(status => status !== 200) : wrong
  const growth = memory.grown()
  const shown = [...Map.groupBy(statuses, status => status)].map(
    ([status, all]) => `${all.length} × ${status || 'cut'}`,
  )
  return {
    name,
    value: `${shown.join(', ') || 'no answer'}, memory grown by ${value(growth, 'bytes')}`,
    bound: `${isSome ? 'accepted or refused' : 'refused'}, at most ${value(GROWTH, 'bytes')}`,
    met: bad.length === 0 && growth <= GROWTH,
  }
}

async function withoutToken({ address }: Server): Promise<number[]> {
  const given = [undefined, '', 'Bearer ', 'Bearer wrong', `Bearer ${TOKEN}x`, 'Basic OmE=', TOKEN.slice(1)]
  const paths = ['/', '/diff?service=shop&type=cpu', '/windows/1', '/windows/1.pb.gz', '/ingest?name=shop']
  const asked = given.flatMap(authorization =>
    paths.map(async path => {
      const method = path.startsWith('/ingest') ? 'POST' : 'GET'
      const headers = authorization === undefined ? undefined : { authorization }
      return (await fetch(address + path, { method, headers })).status
    }),
  )
  return await Promise.all(asked)
}

/** Names that are paths or markup are kept as text, and nothing else is written. */
async function* names(server: Server, folder: string): AsyncGenerator<Target> {
  const window = markedWindow()
  for (const name of NAMES)
    for (const version of [MARKUP, '1.4']) await server.push(`${name}{version=${version}}`, window)
  const pages = ['/']
  for (const service of NAMES) {
    const query = new URLSearchParams({ service, type: 'cpu' })
    const { text } = await server.get(`/windows?${query}`)
    pages.push(
      `/windows?${query}`,
      ...[...text.matchAll(/href="(\/windows\/\d+)"/g)].map(([, path]) => path!),
    )
    query.set('before.version', MARKUP)
    query.set('after.version', '1.4')
    pages.push(`/diff?${query}`)
  }
  const shown = await Promise.all(pages.map(path => server.get(path)))
  const broken = shown.filter(({ text }) => /<script>alert|<img src=x/.test(text)).length
  const seen = shown.filter(({ status }) => status === 200).length
  yield atLeast('pages of such names', seen, 3 * NAMES.length, String)
  yield atMost('pages on which a name became markup', broken, 0, String)
  const paths = ['/windows/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e%2fwindows.sqlite', '/windows.sqlite']
  const found = await Promise.all(paths.map(path => server.get(path)))
  yield atMost('files found by their path', found.filter(({ status }) => status !== 404).length, 0, String)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const others = files.filter(file => !/^kept(\/windows\.sqlite(-wal|-shm)?)?$/.test(file))
  yield atMost('files besides the database', others.length, 0, String)
}

/** Statuses of the answers so far. */
async function unfinished(server: Server, proper: Proper): Promise<number[]> {
  const size = 7 * 2 ** 20
  const head = `POST /ingest?name=shop HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: ${size}\r\n\r\n`
  const answers: number[] = []
  const content = Buffer.alloc(size - 1)
  const sockets = await connected(server, 100)
  for (const socket of sockets) {
    socket.on('data', text => answers.push(Number(/ (\d{3})/.exec(String(text))?.[1] ?? 0)))
    socket.write(head)
    socket.write(content)
  }
  await beside(proper, 5_000)
  for (const socket of sockets) socket.destroy()
  return answers
}

async function unread(server: Server, proper: Proper): Promise<number[]> {
  const status = await server.push('large', largeWindow())
  const { text } = await server.get('/windows?service=large&type=cpu')
  const path = /href="(\/windows\/\d+\.pb\.gz)"/.exec(text)?.[1] ?? ''
  const sockets = await connected(server, 100)
  for (const socket of sockets) {
    socket.pause()
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`)
  }
  await beside(proper, 5_000)
  for (const socket of sockets) socket.destroy()
  return [status]
}

async function connected({ address }: Server, count: number): Promise<Socket[]> {
  const port = Number(new URL(address).port)
  const open = Array.from({ length: count }, async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    await once(socket, 'connect')
    return socket
  })
  return await Promise.all(open)
}

async function beside(proper: Proper, milliseconds: number): Promise<void> {
  for (const until = performance.now() + milliseconds; performance.now() < until; await setTimeout(250))
    await proper.push()
}

async function* slow(
  server: Server,
  proper: Proper,
  milliseconds: number,
  memory: Memory,
): AsyncGenerator<Target> {
  const files = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' })) || SLOW
  const count = Math.min(SLOW, files - 100)
  const args = [join(import.meta.dirname, 'slow.ts'), new URL(server.address).port, String(count)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const before = proper.refused
    let opened = 0
    child.stdout.on('data', text => {
      opened = Number(text)
    })
    while (opened === 0 && child.exitCode === null) await beside(proper, 1)
    await beside(proper, milliseconds)
    yield atLeast('connections that send a byte a second', opened, count, String)
    yield atMost('proper pushes refused beside them', proper.refused - before, 0, String)
    yield atMost('memory grown by', memory.grown(), GROWTH, bytes => value(bytes, 'bytes'))
  } finally {
    child.kill('SIGKILL')
  }
}
