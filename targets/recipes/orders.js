/** An order, whose items another service knows the rates of. It asks for one after the other; `FIXED=1` asks for all at once. */
import { createServer } from 'node:http'

const isFixed = process.env.FIXED === '1'
const ITEMS = [5, 8, 13, 21, 34]

async function rateOf(item) {
  const response = await fetch(`${process.env.UPSTREAM_URL}/rates/${item}?wait=4`)
  return Number(await response.text())
}

async function askRates() {
  if (isFixed) return await Promise.all(ITEMS.map(rateOf))
  const rates = []
  for (const item of ITEMS) rates.push(await rateOf(item))
  return rates
}

async function answer(response) {
  const rates = await askRates()
  const lines = ITEMS.map((item, at) => ({ item, price: 100 * rates[at] }))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(lines))
}

const server = createServer((_, response) => {
  answer(response).catch(error => response.writeHead(502).end(String(error)))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
