/** The server around a piece of work: every answer is what the work gave, in one packet of fixed length. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

/** Finds the package in the version that is measured. */
export const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)

/** Bytes of an answer; the rest is filled with spaces, so that both versions send the same amount. */
const LENGTH = 64

/** @param {(headers: import('node:http').IncomingHttpHeaders) => unknown} work what a request does; its result is shown */
export function serve(work) {
  const server = createServer((request, response) => {
    const body = String(work(request.headers)).slice(0, LENGTH).padEnd(LENGTH)
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': LENGTH })
    response.end(body)
  })
  server.keepAliveTimeout = 60_000
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
}
