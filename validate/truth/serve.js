/** The server around a piece of work: every answer is what the work gave, in one packet of fixed length. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

/** Finds the package in the version that is measured. */
export const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)

/** Bytes of an answer; the rest is filled with spaces, so that both versions send the same amount. */
const LENGTH = 64

/** @param {(headers: import('node:http').IncomingHttpHeaders) => unknown} work what a request does; its result is shown */
export function serve(work) {
  listen((request, response) => {
    const body = answerOf(work(request.headers))
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': LENGTH })
    response.end(body)
  })
}

/** The text of an answer, in its fixed length. */
export const answerOf = result => String(result).slice(0, LENGTH).padEnd(LENGTH)

/** @param {import('node:http').RequestListener} handler for a service that answers by itself */
export function listen(handler) {
  const server = createServer(handler)
  server.keepAliveTimeout = 60_000
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
}
