/** Prices of one item in a few currencies. It makes a formatter for each price; `FIXED=1` keeps the formatters. */
import { createServer } from 'node:http'

const isFixed = process.env.FIXED === '1'
const RATES = { EUR: 1, USD: 1.09, GBP: 0.85, SEK: 11.2 }

const formatterFor = currency => new Intl.NumberFormat('en-IE', { style: 'currency', currency })
const kept = new Map(Object.keys(RATES).map(currency => [currency, formatterFor(currency)]))

/** A discount of a tenth for every further item, at most half of the price. */
function priceOf(amount) {
  let price = 0
  for (let item = 0; item < amount; item++) price += 24.5 * Math.max(0.5, 1 - item / 10)
  return price
}

function formatPrice(price, currency) {
  const formatter = isFixed
    ? kept.get(currency)
    : new Intl.NumberFormat('en-IE', { style: 'currency', currency })
  return formatter.format(price * RATES[currency])
}

function quote(amount) {
  const price = priceOf(amount)
  return Object.keys(RATES).map(currency => formatPrice(price, currency))
}

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(quote(40)))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
