/** The service that knows exchange rates. */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.end(request.url?.startsWith('/rates/') ? '1.25' : 'ready')
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
