/** A small shop that asks Redis, PostgreSQL and another service. `CAUSE` says what is wrong with it: see `causes.js`. */
import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import pg from 'pg'
import { CAUSES } from './causes.js'

const name = process.env.CAUSE ?? 'healthy'
const cause = CAUSES[name]
if (!cause) throw new Error(`CAUSE is none of ${Object.keys(CAUSES).join(', ')}`)

const {
  wait = 0,
  connections = 20,
  upstream = 0,
  price = order => order.price,
  check = () => {},
  render = order => order,
  beside = () => {},
} = cause

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connections })
const cache = new Redis(process.env.CACHE_URL)

/** PostgreSQL sleeps for whole milliseconds, rounded up. */
const sleep = wait > 0 ? `, pg_sleep(${(wait - 0.5) / 1000})` : ''
const QUERY = { name: 'orders', text: `SELECT $1::int AS id, 5 AS item, 100 AS price${sleep}` }

let count = 0

async function findOrder() {
  const client = await pool.connect()
  try {
    const { rows } = await client.query({ ...QUERY, values: [7] })
    return rows[0]
  } finally {
    client.release()
  }
}

const shopName = () => cache.get('name')

async function rateOf(item) {
  const response = await fetch(`${process.env.UPSTREAM_URL}/rates/${item}?wait=${upstream}`)
  return Number(await response.text())
}

async function answer(response) {
  const at = count++
  const shop = await shopName()
  const order = await findOrder()
  await check(order)
  const rate = await rateOf(order.item)
  const body = JSON.stringify({ shop, ...render(order), price: price(order, at) * rate })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

beside()
const server = createServer((_, response) => {
  answer(response).catch(error => response.writeHead(500).end(String(error)))
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
