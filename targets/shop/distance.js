/** Passes everything on to Redis, and its answers back 2 ms later: a cache in another zone. */
import { connect, createServer } from 'node:net'

const DISTANCE = 2

const { hostname, port } = new URL(process.env.CACHE_URL ?? '')

createServer({ noDelay: true }, socket => {
  const cache = connect({ port: Number(port), host: hostname, noDelay: true })
  socket.pipe(cache)
  cache.on('data', answer => setTimeout(() => socket.write(answer), DISTANCE))
  for (const [one, other] of [
    [socket, cache],
    [cache, socket],
  ])
    one.on('close', () => other.destroy()).on('error', () => other.destroy())
}).listen(Number(process.env.PORT), '127.0.0.1')
