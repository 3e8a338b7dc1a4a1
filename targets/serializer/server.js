/** Serialises a payload for every request: `/small`, `/list`, `/escape`, `/deep`. */
import { createServer } from 'node:http'
import { payloads } from './payloads.js'
import { serializers } from './serializers.js'

const prepare = serializers[process.env.SERIALIZER ?? 'json']
if (!prepare) throw new Error(`SERIALIZER is one of ${Object.keys(serializers).join(', ')}`)

const serialize = prepare()

const server = createServer((request, response) => {
  const route = request.url.slice(1)
  if (!Object.hasOwn(payloads, route)) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(serialize[route](payloads[route]))
})

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1')

process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
