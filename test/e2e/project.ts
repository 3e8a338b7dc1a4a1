/** Files of small projects. */

/** @param answer statements about `request` and `response`; @param before statements that run once */
export const service = (answer: string, before = '') => `import { createServer } from 'node:http'
${before}
createServer(async (request, response) => {
  ${answer}
}).listen(Number(process.env.PORT), '127.0.0.1')
`

export const STEPS = "steps: [{ name: 'GET /', method: 'GET', path: '/' }]"

/** Fields of a scenario whose runs are as short as they can be. */
export const SHORT = 'warmup: { requests: 400, timeout: 1_000 }, collectors: [],'

/** @param fields of the scenario, in addition or instead; @param target fields of its target */
export const scenario = (fields = SHORT, target = '') => `export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname, ${target} },
  load: { ${STEPS}, connections: 4 },
  ${fields}
}
`

export const SMALLEST = { 'service.js': service("response.end('Hello')"), 'demo.js': scenario() }

/** Speaks just enough of each protocol to see that the server is there, so that no client has to be installed. */
const ASKS = `import { connect } from 'node:net'
export const ask = (url, question) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.end(question))
  socket.once('data', data => resolve(data.toString('latin1')))
  socket.once('error', reject)
})
`

/** A question, and how its answer is recognised, as source. For PostgreSQL: protocol version 3.0 without a user, which is an error. */
export const TO_POSTGRES = ['Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])', '/^E/.test(answer)'] as const
export const TO_REDIS = ["'PING\\r\\n'", '/PONG/.test(answer)'] as const

/** A service that asks its need `store` for every request. @param need as source, with `postgres` and `redis` */
export const askingProject = (need: string, question: string, answer: string): Record<string, string> => ({
  'ask.js': ASKS,
  'service.js': service(
    `const answer = await ask(process.env.STORE_URL, ${question})\n  response.writeHead(${answer} ? 200 : 500).end()`,
    "import { ask } from './ask.js'",
  ),
  'demo.js': `import { postgres, redis } from '${new URL('../../harness/scenario/needs.ts', import.meta.url)}'
${scenario(`${SHORT} variants: { a: {}, b: {} }, gates: { 'needs.store.cpu': '+100%' },`, `needs: { store: ${need} }`)}`,
})
