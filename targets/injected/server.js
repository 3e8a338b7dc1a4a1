/**
 * A service with a known amount of extra work: `INJECT` is a percentage of the CPU time that a request takes without it,
 * and all of the extra work is done in `injectedWork`. Flamegate tests itself with it.
 *
 * The extra work is a share of the request's own work done again, so it stays the same percentage on every machine and at
 * every hour: whatever slows the one, processor or memory, slows the other as much.
 */
import { createServer } from 'node:http'

/** Orders that are priced in a request. */
const ORDERS = 8_000

/**
 * What a request costs besides its own work (HTTP, its JSON), as a share of that. Measured as CPU per request over CPU per
 * order; an error of a third here changes an injected 5 % by 0.15 %.
 */
const OTHER_SHARE = 0.1

const percent = Number.parseFloat(process.env.INJECT ?? '0')
if (!(percent >= 0 && percent <= 1000)) {
  console.error(`INJECT is a percentage from 0 to 1000, not "${process.env.INJECT}".`)
  process.exit(1)
}
const injectedOrders = Math.round((ORDERS * (1 + OTHER_SHARE) * percent) / 100)

const NAMES = ['lamp', 'chair', 'kettle', 'shelf', 'clock', 'mirror', 'carpet', 'drawer']

const orders = Array.from({ length: ORDERS }, (_, i) => ({
  name: NAMES[i % NAMES.length],
  amount: 1 + ((i * 7) % 11),
  price: ((i + 3) * 131) % 997,
}))

/** Reads an order, makes an object of it, and mixes its numbers: processor and memory both have work. */
function ownWork(exchange) {
  for (let i = 0; i < ORDERS; i++) {
    const { name, amount, price } = orders[(exchange.seed + i) % ORDERS]
    let mixed = amount * price + i
    for (let step = 0; step < 40; step++) mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + step
    exchange.lines[i & 31] = { name, total: amount * price, mixed }
  }
}

/** The same once more, for the injected share. */
function injectedWork(exchange) {
  for (let i = 0; i < injectedOrders; i++) {
    const { name, amount, price } = orders[(exchange.seed + i) % ORDERS]
    let mixed = amount * price + i
    for (let step = 0; step < 40; step++) mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + step
    exchange.lines[i & 31] = { name, total: amount * price, mixed }
  }
}

function sortByTotal({ lines }) {
  lines.sort((a, b) => b.total - a.total)
}

/** The injected work leaves other lines, so only their number is told: both variants have to give the same answer. */
function writeBody(exchange) {
  exchange.body = JSON.stringify({ lines: exchange.lines.length, names: NAMES })
}

/** Called through a list, as middleware is, so that no stage is inlined into another and each has its own samples. */
const stages = [ownWork, injectedWork, sortByTotal, writeBody]

let requests = 0

function answer(response) {
  const exchange = { seed: requests++ % ORDERS, lines: [], body: '' }
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
