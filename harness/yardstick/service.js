/**
 * The yardstick: a service whose cost per request never changes. Measured with the variants, it shows how fast the machine
 * was, so that runs of different days can be compared. Its work is a little of what services do: HTTP, JSON, sorting,
 * strings, arithmetic, and walking through more memory than the nearest caches hold.
 *
 * Any change of its work makes it another yardstick: raise the version in `plan/defaults.ts`.
 */
import { createServer } from 'node:http'

const ITEMS = 24
const STEPS = 1_500
/** 32-bit words; 2 MiB. */
const WORDS = 2 ** 19
/** Words from one visited word to the next: far enough that each is on another page of memory. */
const STRIDE = 12_289
const VISITS = 96

const catalogue = JSON.stringify(
  Array.from({ length: ITEMS }, (_, i) => ({
    name: `item ${(i * 7) % ITEMS}`,
    price: ((i + 3) * 131) % 997,
    tags: ['new', 'sale', 'last'].slice(i % 3),
  })),
)
const memory = new Uint32Array(WORDS).map((_, i) => Math.imul(i, 0x9e3779b1))

function priceList() {
  const items = JSON.parse(catalogue)
  items.sort((a, b) => a.price - b.price)
  return items.map(({ name, price, tags }) => `${name}: ${price} (${tags.join(', ')})`)
}

function arithmetic() {
  let x = 1
  for (let i = 0; i < STEPS; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i
  return x
}

let place = 0
function walk() {
  let sum = 0
  for (let i = 0; i < VISITS; i++) {
    place = (place + STRIDE) % WORDS
    sum ^= memory[place]
  }
  return sum
}

/** Kept, so that no compiler drops the work; not part of the answer, because all answers must be the same. */
let checksum = 0

const server = createServer((_request, response) => {
  checksum = (checksum + (arithmetic() ^ walk())) | 0
  const body = JSON.stringify({ lines: priceList() })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
