/** How the other service is asked: by `CLIENT`, in a function that must be named. It waits 5 ms for an answer. */
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
  http: () =>
    async function readOrder() {
      return await new Promise((resolve, reject) => {
        http.get(url, { agent }, answer => answer.on('data', resolve)).on('error', reject)
      })
    },
  fetch: () =>
    async function readOrder() {
      return await (await fetch(url)).text()
    },
  undici: () => {
    const { request } = load('undici')
    return async function readOrder() {
      return (await request(url)).body.text()
    }
  },
  axios: () => {
    const axios = load('axios')
    const client = axios.create({ httpAgent: agent })
    return async function readOrder() {
      return (await client.get(url)).data
    }
  },
  pg: () => {
    const pool = new (load('pg').Pool)({ connectionString: DATABASE_URL })
    return async function readOrder() {
      return (await pool.query('SELECT pg_sleep(0.0045), 1 AS one')).rows[0].one
    }
  },
  mysql2: () => {
    const pool = load('mysql2/promise').createPool({
      uri: STORE_URL.replace('http:', 'mysql:'),
      user: 'root',
    })
    return async function readOrder() {
      return (await pool.query('SELECT SLEEP(0.005), 1 AS one'))[0][0].one
    }
  },
  ioredis: () => {
    const { Redis } = load('ioredis')
    const redis = new Redis(CACHE_URL)
    return async function readOrder() {
      return await redis.call(...WAIT)
    }
  },
}

module.exports = { readOrder: CLIENTS[CLIENT]() }
