/** The smallest service and the smallest scenario, as files of a project. */
const SERVICE = `import { createServer } from 'node:http'
createServer((request, response) => response.end('Hello')).listen(Number(process.env.PORT), '127.0.0.1')
`

const SCENARIO = `export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
}
`

export const SMALLEST = { 'service.js': SERVICE, 'demo.js': SCENARIO }
