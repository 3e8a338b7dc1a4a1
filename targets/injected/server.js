/**
 * A service with a known amount of extra work: `INJECT` is a percentage of the CPU time that a request takes without it,
 * and all of the extra work is done in `injectedWork`. Flamegate tests itself with it.
 */
import { createServer } from 'node:http'

/** Steps of the mixer in a request without extra work. */
const OWN_STEPS = 6_000

/**
 * What the rest of a request costs (HTTP, the order book, its JSON), in steps of the mixer. Measured as CPU per request
 * over CPU per step; an error of 10 % here changes an injected 5 % by less than 0.4 %.
 */
const OTHER_STEPS = 16_500

const percent = Number.parseFloat(process.env.INJECT ?? '0')
if (!(percent >= 0 && percent <= 1000)) {
  console.error(`INJECT is a percentage from 0 to 1000, not "${process.env.INJECT}".`)
  process.exit(1)
}
const injectedSteps = Math.round(((OWN_STEPS + OTHER_STEPS) * percent) / 100)

const ORDERS = 40
const NAMES = ['lamp', 'chair', 'kettle', 'shelf', 'clock', 'mirror', 'carpet', 'drawer']

function readOrders(exchange) {
  exchange.lines = Array.from({ length: ORDERS }, (_, i) => ({
    name: NAMES[i % NAMES.length],
    amount: (i * 7) % 11,
    price: ((i + 3) * 131) % 997,
  }))
}

/** A chain of multiplications in which each waits for the one before: no compiler shortens it. */
function ownWork(exchange) {
  let x = exchange.seed
  for (let i = 0; i < OWN_STEPS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i
  exchange.seed = x
}

/** The same chain once more, for the injected share. */
function injectedWork(exchange) {
  let x = exchange.seed
  for (let i = 0; i < injectedSteps; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i
  exchange.seed = x
}

function sortByPrice({ lines }) {
  lines.sort((a, b) => b.price - a.price)
}

function writeBody(exchange) {
  const total = exchange.lines.reduce((sum, { amount, price }) => sum + amount * price, 0)
  exchange.body = JSON.stringify({ lines: exchange.lines, total })
}

/** Called through a list, as middleware is, so that no stage is inlined into another and each has its own samples. */
const stages = [readOrders, ownWork, injectedWork, sortByPrice, writeBody]

function answer(response) {
  const exchange = { seed: 1, lines: [], body: '' }
  for (const stage of stages) stage(exchange)
  const length = Buffer.byteLength(exchange.body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length })
  response.end(exchange.body)
}

const server = createServer((request, response) => {
  if (request.url === '/ready') response.end('ready')
  else answer(response)
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
