/** The service that knows exchange rates. It thinks for `wait` milliseconds. */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://upstream')
  const wait = Number(searchParams.get('wait'))
  const answer = () => response.end(pathname.startsWith('/rates/') ? '1.25' : 'ready')
  if (wait > 0) setTimeout(answer, wait)
  else answer()
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
