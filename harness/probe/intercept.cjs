/**
 * Answers requests with a token before the service sees them, whatever its framework. The answer comes at once, and nothing is added to
 * any other.
 */
const http = require('node:http')
const https = require('node:https')
const { HEADER } = require('./token.cjs')

/** Headers by which a proxy says that it forwards what somebody else has sent. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'via']

/**
 * @param gate tells which tokens are good; @param capture asks for a capture; @param forwarded whether proxies may pass tokens on
 * @returns ends it
 */
function interceptTriggers({ gate, capture, forwarded }) {
  const answer = async (request, response) => {
    const refused = refusalOf(request, gate, forwarded)
    if (refused) return reply(response, refused.status, { refused: refused.reason })
    const outcome = await capture({ reason: 'request', path: request.url.split('?', 1)[0] })
    if (outcome.name !== undefined) return reply(response, 202, { capture: outcome.name })
    response.setHeader('retry-after', String(Math.ceil((outcome.retryAfter ?? 1_000) / 1_000)))
    reply(response, 409, { refused: outcome.refused })
  }
  const ends = [http.Server, https.Server].map(server => {
    const { emit } = server.prototype
    const own = Object.hasOwn(server.prototype, 'emit')
    function emitOrAnswer(event, ...details) {
      const [request, response] = details
      if (event !== 'request' || request.headers[HEADER] === undefined)
        return emit.call(this, event, ...details)
      answer(request, response).catch(() => response.destroy())
      return true
    }
    server.prototype.emit = emitOrAnswer
    return () => {
      // Somebody may have replaced it in the meantime, and calls it.
      if (server.prototype.emit !== emitOrAnswer) return
      if (own) server.prototype.emit = emit
      else delete server.prototype.emit
    }
  })
  return () => {
    for (const end of ends) end()
  }
}

function refusalOf({ headers, method, url }, gate, forwarded) {
  if (!forwarded && FORWARDED.some(name => headers[name] !== undefined))
    return { status: 403, reason: 'forwarded by a proxy' }
  const [path] = url.split('?', 1)
  const reason = gate.refusal({ token: String(headers[HEADER]), method, path })
  return reason && { status: 401, reason }
}

function reply(response, status, content) {
  // A body that nobody reads would keep the connection.
  response.req.resume()
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(content)}\n`)
}

module.exports = { interceptTriggers }
