/** How the other service is asked: by `CLIENT`, which waits 5 ms for an answer. */
const http = require('node:http')
const { createRequire } = require('node:module')
const { join } = require('node:path')

const { CLIENT = 'http', MODULES, CACHE_URL, DATABASE_URL, STORE_URL, UPSTREAM_URL } = process.env
const load = createRequire(join(MODULES, 'package.json'))
const url = `${UPSTREAM_URL}/rates/1?wait=5`
const agent = new http.Agent({ keepAlive: true })

/** Redis has no command that waits and answers, so a list that stays empty is waited for. */
const WAIT = ['BLPOP', 'empty', '0.005']

const CLIENTS = {
  http: () => () =>
    new Promise((resolve, reject) => {
      http.get(url, { agent }, answer => answer.on('data', resolve)).on('error', reject)
    }),
  fetch: () => async () => (await fetch(url)).text(),
  undici: () => {
    const { request } = load('undici')
    return async () => (await request(url)).body.text()
  },
  axios: () => {
    const axios = load('axios')
    const client = axios.create({ httpAgent: agent })
    return async () => (await client.get(url)).data
  },
  pg: () => {
    const pool = new (load('pg').Pool)({ connectionString: DATABASE_URL })
    return async () => (await pool.query('SELECT pg_sleep(0.0045), 1 AS one')).rows[0].one
  },
  mysql2: () => {
    const pool = load('mysql2/promise').createPool({
      uri: STORE_URL.replace('http:', 'mysql:'),
      user: 'root',
    })
    return async () => (await pool.query('SELECT SLEEP(0.005), 1 AS one'))[0][0].one
  },
  ioredis: () => {
    const { Redis } = load('ioredis')
    const redis = new Redis(CACHE_URL)
    return () => redis.call(...WAIT)
  },
}

module.exports = { ask: CLIENTS[CLIENT]() }
