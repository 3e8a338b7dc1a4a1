/** A small service: forty orders are priced, sorted and written, in a few dozen microseconds, half of them HTTP. */
import { createServer } from 'node:http'

const NAMES = ['lamp', 'chair', 'kettle', 'shelf', 'clock', 'mirror', 'carpet', 'drawer']
const ORDERS = 40
/** A chain of multiplications in which each waits for the one before: no compiler shortens it. */
const STEPS = 6_000

function readOrders() {
  return Array.from({ length: ORDERS }, (_, i) => ({
    name: NAMES[i % NAMES.length],
    amount: (i * 7) % 11,
    price: ((i + 3) * 131) % 997,
  }))
}

function mix(seed) {
  let x = seed
  for (let i = 0; i < STEPS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i
  return x
}

const server = createServer((request, response) => {
  if (request.url === '/ready') return response.end('ready')
  const lines = readOrders().sort((a, b) => b.price - a.price)
  const body = JSON.stringify({ lines, check: mix(1) })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
