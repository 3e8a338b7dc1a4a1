/** The same as `server.js`, as CommonJS. */
const { createServer } = require('node:http')
const { ask } = require('./clients.cjs')

async function readOrder() {
  const found = await ask()
  return String(found)
}

const server = createServer(async (_, response) => response.end(await readOrder()))
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
