/**
 * A service that asks one other for each request: `FRAMEWORK` answers, `CLIENT` asks. Packages are found from the folder
 * `MODULES`. With `CLUSTER`, workers answer.
 */
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { readOrder } from './clients.cjs'

const { FRAMEWORK = 'http', MODULES, CLUSTER } = process.env
const load = createRequire(join(MODULES, 'package.json'))
const port = Number(process.env.PORT ?? 3000)

async function orderText() {
  return String(await readOrder())
}

const SERVERS = {
  http: () => {
    const server = createServer(async (_, response) => response.end(await orderText()))
    server.keepAliveTimeout = 60_000
    server.listen(port, '127.0.0.1')
  },
  express() {
    const express = load('express')
    const app = express()
    app.get('/', async (_, response) => response.send(await orderText()))
    app.listen(port, '127.0.0.1')
  },
  async fastify() {
    const app = load('fastify')()
    app.get('/', async () => await orderText())
    await app.listen({ port, host: '127.0.0.1' })
  },
  koa() {
    const Koa = load('koa')
    const app = new Koa()
    app.use(async context => {
      context.body = await orderText()
    })
    app.listen(port, '127.0.0.1')
  },
  hono() {
    const [{ Hono }, { serve }] = [load('hono'), load('@hono/node-server')]
    const app = new Hono()
    app.get('/', async context => context.text(await orderText()))
    serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  },
}

if (CLUSTER && cluster.isPrimary) {
  cluster.fork()
  process.on('SIGTERM', () => process.exit())
} else await SERVERS[FRAMEWORK]()
