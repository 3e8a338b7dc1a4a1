/** Taxes of a ledger: a service whose function names may not leave the host. */
import { createServer } from 'node:http'

const ENTRIES = Array.from({ length: 6_000 }, (_, at) => ({ amount: (at * 131) % 9_973, kind: at % 4 }))
const RATES = [0, 0.07, 0.19, 0.25]

function taxOf(entries) {
  let tax = 0
  for (let year = 0; year < 8; year++)
    for (const { amount, kind } of entries) tax += Math.round(amount * RATES[kind] * (1 + year / 100))
  return tax
}

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ tax: taxOf(ENTRIES) }))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
