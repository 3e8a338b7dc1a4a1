/** A fastify service with two routes, and the changes of two commits. */

const LOOPS = 1_000

/** A request to /orders spends nine tenths of its time in `priceOf`, so a tenth more of it is about 8 % of the route. */
const SLOWER = 1.1

const pricing = (loops: number, comment: string) => `// ${comment}
export function priceOf(order) {
  let seal = order.items
  for (let i = 0; i < ${loops}; i++) seal = (seal * 31 + (i % 7) * order.items) % 1_000_003
  return { price: order.items * 30, sealed: seal >= 0 }
}
`

const SERVER = `import fastify from 'fastify'
import { priceOf } from './pricing.js'

const app = fastify()
const orders = Array.from({ length: 40 }, (_, id) => ({ id, items: 1 + (id % 9) }))
const products = Array.from({ length: 60 }, (_, id) => ({ id, name: 'product ' + id, price: id * 3 }))

app.get('/health', async () => ({ ok: true }))
app.get('/orders', async function listOrders() {
  return orders.map(order => ({ ...order, ...priceOf(order) }))
})
app.get('/products', async function listProducts() {
  return products
})

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
process.on('SIGTERM', () => app.close().then(() => process.exit(0)))
`

const MANIFEST = JSON.stringify(
  { name: 'shop', private: true, type: 'module', scripts: { start: 'node server.js' } },
  null,
  2,
)

/** By path. */
export const FILES = {
  'package.json': MANIFEST,
  '.gitignore': 'node_modules/\n.bench/\n',
  'server.js': SERVER,
  'pricing.js': pricing(LOOPS, 'What an order costs.'),
}

export const SLOW = { 'pricing.js': pricing(LOOPS * SLOWER, 'What an order costs.') }
export const COMMENT = { 'pricing.js': pricing(LOOPS, 'What an order costs, in cents.') }
