/** Fills the shop: 20,000 orders of 500 customers. */
import { Redis } from 'ioredis'
import pg from 'pg'

const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
await client.query(`
  CREATE TABLE orders (id integer PRIMARY KEY, customer integer, item integer, price integer);
  INSERT INTO orders SELECT n, n % 500, n % 90, n % 1000 FROM generate_series(1, 20000) AS n;
  CREATE INDEX orders_customer ON orders (customer);
  ANALYZE orders;
`)
await client.end()

const cache = new Redis(process.env.CACHE_URL)
await cache.set('name', 'The Corner Shop')
await cache.quit()
