/** The same as `server.js`, as CommonJS. */
const { createServer } = require('node:http')
const { readOrder } = require('./clients.cjs')

async function orderText() {
  return String(await readOrder())
}

const server = createServer(async (_, response) => response.end(await orderText()))
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
