/**
 * A service that fails once, as `FAULT` says, at the `MOMENT` of a launch, after the file `go` has appeared in the folder of
 * the run. Without them it behaves. It does not start while the file `PAUSE` exists.
 */
import { spawn } from 'node:child_process'
import { existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const { FAULT, MOMENT, MARK, PAUSE = '', PORT, FLAMEGATE_AGENT_SOCKET, FLAMEGATE_AGENT_TOKEN } = process.env
const GO = `${MARK}/go`

/** What SIGTERM does. */
let onTerm = () => process.exit()
const kept = []

const child = (code, options = {}) => spawn(process.execPath, ['-e', code], { stdio: 'ignore', ...options })
const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"

const FAULTS = {
  exits: () => process.exit(9),
  throws: () => {
    throw new Error('a mistake nobody caught')
  },
  aborts: () => process.abort(),
  'is killed': () => process.kill(process.pid, 'SIGKILL'),
  'runs out of memory': () => {
    for (;;) kept.push(new Array(1e5).fill(kept.length))
  },
  'blocks its loop': () => {
    for (;;) kept[0] = 1
  },
  'is stopped (SIGSTOP)': () => process.kill(process.pid, 'SIGSTOP'),
  'stops listening': () => {
    server.close()
    server.closeAllConnections()
  },
  'prints 256 MiB': () => {
    const line = Buffer.alloc(1 << 20, `${'x'.repeat(127)}\n`)
    for (let i = 0; i < 256; i++) for (let at = 0; at < line.length; ) at += write(line, at)
  },
  'ignores SIGTERM': () => {
    onTerm = () => {}
  },
  'forks a child that ignores SIGTERM': () => child(STUBBORN),
  'leaves a daemon': () => {
    const daemon = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}],
      { detached: true, stdio: 'ignore' }).unref()`
    child(daemon, { detached: true }).unref()
  },
  'forks 30 processes': () => {
    for (let i = 0; i < 30; i++) spawn('sleep', ['600'], { stdio: 'ignore', detached: i % 2 === 0 })
  },
  'leaks descriptors': () => {
    for (let i = 0; i < 500; i++) kept.push(openSync('/dev/null'))
  },
  'talks nonsense to the agents’ socket': () => {
    const socket = connect(FLAMEGATE_AGENT_SOCKET).on('error', () => {})
    socket.write(
      `${JSON.stringify({ token: FLAMEGATE_AGENT_TOKEN, pid: 'x', versions: 7 })}\n{"id":1,"result":[]}\n`,
    )
    socket.write('x'.repeat(1 << 20))
  },
  'floods the agents’ socket': () => {
    const socket = connect(FLAMEGATE_AGENT_SOCKET).on('error', () => {})
    const flood = () => {
      while (!socket.destroyed && socket.write('x'.repeat(1 << 20)));
      socket.once('drain', flood)
    }
    flood()
  },
}

/** Faults that change every answer from now on. */
const ANSWERS = {
  'never answers': () => {},
  'answers without end': response => {
    const trickle = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(trickle))
  },
  'answers half and hangs up': response => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half')
    response.socket.destroySoon()
  },
  'answers 500': response => response.writeHead(500).end('broken pipe to the database'),
  'answers no HTTP': response => response.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'resets connections': response => response.socket.resetAndDestroy(),
  'leaks connections': response => {
    if (kept.length < 2_000) kept.push(connect(Number(PORT), '127.0.0.1').on('error', () => {}))
    response.end('Hello, world')
  },
}
let answer = response => response.end('Hello, world')

/** Standard output is a pipe, and can be full. */
function write(buffer, at) {
  try {
    return writeSync(1, buffer, at)
  } catch {
    return 0
  }
}

/** Happens once in a run: the first launch that sees the file removes it. */
function strike() {
  if (!existsSync(GO)) return
  rmSync(GO, { force: true })
  console.log(`fault: ${FAULT}`)
  if (FAULT in ANSWERS) answer = ANSWERS[FAULT]
  else FAULTS[FAULT]()
}

while (existsSync(PAUSE)) await sleep(200)
if (MOMENT === 'boot') strike()
const server = createServer((request, response) => {
  if (MOMENT === 'readiness' && request.url === '/ready') strike()
  answer(response)
})
// At the moment `boot` nothing listens yet, so a service that blocks shows as a port that nobody listens on.
server.listen(Number(PORT), '127.0.0.1')
if (['warm-up', 'timed', 'profiled'].includes(MOMENT)) setInterval(strike, 5)
process.on('SIGTERM', () => {
  if (MOMENT === 'stopping') strike()
  onTerm()
})
