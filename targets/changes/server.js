/**
 * A service with one known change at a time, to see whether it is found in the right resource: `CHANGE` is `computes`
 * (time in `checksum`), `allocates` (bytes in `copyLines`, soon garbage), `leaks` (objects that `remember` keeps) or
 * `stalls` (`reindex` blocks the loop, rarely but for long). Any other value changes nothing.
 */
import { createServer } from 'node:http'

const LINES = 40
/** Steps of a chain of multiplications, about a tenth of what a request costs. */
const STEPS = 2_500
/** Requests from one stall to the next, and its length in milliseconds. */
const [STALL_EVERY, STALL] = [400, 15]

const remembered = []
let served = 0

function readLines(exchange) {
  exchange.lines = Array.from({ length: LINES }, (_, at) => ({ name: `line ${at}`, amount: (at * 7) % 11 }))
}

function checksum(exchange) {
  let x = exchange.seed
  for (let at = 0; at < STEPS; at++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + at
  exchange.seed = x
}

function copyLines(exchange) {
  for (let copy = 0; copy < 4; copy++) exchange.lines = exchange.lines.map(line => ({ ...line }))
}

class Remembered {
  constructor(lines) {
    this.lines = lines.slice(0, 8)
  }
}

function remember({ lines }) {
  remembered.push(new Remembered(lines))
}

function reindex() {
  if (++served % STALL_EVERY !== 0) return
  const end = performance.now() + STALL
  let x = served
  while (performance.now() < end) for (let at = 0; at < 10_000; at++) x = Math.imul(x, 31) + at
}

const CHANGES = { computes: checksum, allocates: copyLines, leaks: remember, stalls: reindex }

function writeBody(exchange) {
  exchange.body = JSON.stringify(exchange.lines)
}

const change = CHANGES[process.env.CHANGE]

/** Called through a list, as middleware is, so that no stage is inlined into another. */
const stages = [readLines, ...(change ? [change] : []), writeBody]

const server = createServer((_, response) => {
  const exchange = { seed: 1, lines: [], body: '' }
  for (const stage of stages) stage(exchange)
  response.writeHead(200, { 'content-type': 'application/json' }).end(exchange.body)
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
