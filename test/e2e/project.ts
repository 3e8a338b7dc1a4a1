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
