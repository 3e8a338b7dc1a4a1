/**
 * A small shop that mostly waits: it asks Redis, PostgreSQL and another service for every request.
 *
 * `SHOP_WAIT` milliseconds of each query are spent in the database on top of its work. `SHOP_SLOW` adds more of them to one
 * request in fifty. With `SHOP_QUERY=scan`, the query cannot use its index. `SHOP_ASKS` is how often Redis is asked, one after the
 * other; with `SHOP_CACHE=far`, it is 2 ms away. `SHOP_CONNECTIONS` is how many connections to the database there
 * are at most, and `SHOP_RATES_WAIT` how many milliseconds the other service takes.
 */
import { Agent, createServer, get } from 'node:http'
import { Redis } from 'ioredis'
import pg from 'pg'

const WAIT = Number(process.env.SHOP_WAIT ?? 2)
const SLOW = Number(process.env.SHOP_SLOW ?? 0)
const SLOW_EVERY = 50
const CONNECTIONS = Number(process.env.SHOP_CONNECTIONS ?? 20)
const RATES_WAIT = Number(process.env.SHOP_RATES_WAIT ?? 0)
const ASKS = Number(process.env.SHOP_ASKS ?? 1)

const customer = process.env.SHOP_QUERY === 'scan' ? 'customer + 0' : 'customer'
const query = {
  name: 'orders',
  text: `
    SELECT id, item, price, pg_sleep($2)
    FROM (SELECT max(id) AS id, max(item) AS item, sum(price) AS price FROM orders WHERE ${customer} = $1) AS found`,
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS })
const cache = new Redis(
  process.env.SHOP_CACHE === 'far'
    ? process.env.FAR_CACHE_URL.replace(/^http/, 'redis')
    : process.env.CACHE_URL,
)
const agent = new Agent({ keepAlive: true })

const rateOf = item =>
  new Promise((resolve, reject) => {
    get(`${process.env.UPSTREAM_URL}/rates/${item}?wait=${RATES_WAIT}`, { agent }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => {
        text += part
      })
      response.on('end', () => resolve(Number(text)))
    }).on('error', reject)
  })

/** PostgreSQL sleeps for whole milliseconds, rounded up. Without half of one, chance would decide whether there is one more. */
const HALF = 0.5

async function findOrder(wait) {
  const client = await pool.connect()
  try {
    const { rows } = await client.query({ ...query, values: [7, Math.max(0, wait - HALF) / 1000] })
    return rows[0]
  } finally {
    client.release()
  }
}

let count = 0

const server = createServer(async (_, response) => {
  try {
    const at = count++
    const wait = WAIT + (at % SLOW_EVERY === 0 ? SLOW : 0)
    let name
    for (let ask = 0; ask < ASKS; ask++) name = await cache.get('name')
    const order = await findOrder(wait)
    const rate = await rateOf(order.item)
    const body = JSON.stringify({ shop: name, order: order.id, price: order.price * rate })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
