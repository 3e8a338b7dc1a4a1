/**
 * The client of the gate for k6: each virtual user asks for its next requests, sends them and reports on them. It keeps to what k6 could
 * read before it had esbuild: no `??`, no `?.` and no spread in objects.
 *
 * k6 run -e FLAMEGATE_GATE=http://127.0.0.1:7007 -e FLAMEGATE_WORKERS=10 k6.js
 */
import { b64decode, b64encode } from 'k6/encoding'
import http from 'k6/http'
import { setTimeout } from 'k6/timers'

const { FLAMEGATE_GATE: gate, FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_WORKER: machine = 'k6' } = __ENV

/** Seconds for which a user goes on asking when nobody answers, because a run opens the gate again for each round. */
const PATIENCE = Number(__ENV.FLAMEGATE_PATIENCE || 0)

export const options = {
  scenarios: {
    gate: {
      executor: 'per-vu-iterations',
      vus: Number(__ENV.FLAMEGATE_WORKERS || 1),
      iterations: 1,
      maxDuration: '24h',
    },
  },
  // As our own loop: a service under test may have a certificate of its own.
  insecureSkipTLSVerify: __ENV.FLAMEGATE_INSECURE === '1' || gate.startsWith('http://'),
}

/** Without it, k6 prints figures of the whole time, which mix all variants. */
export function handleSummary() {
  return {}
}

export default async function work() {
  const worker = `${machine}/${__VU}`
  const user = { lastAt: 0 }
  let lane
  let outcome
  for (let silent = 0; silent <= PATIENCE; ) {
    const { status, body } = await ask({ worker, lane, outcome })
    if (status === 200) {
      const order = JSON.parse(body)
      lane = order.lane
      outcome = await carryOut(order, user)
      silent = 0
    } else if (status === 204) {
      outcome = undefined
      silent = 0
    } else {
      lane = undefined
      outcome = undefined
      silent++
      if (silent <= PATIENCE) await pause(1000)
    }
  }
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

function ask(message) {
  const headers = { 'content-type': 'application/json' }
  if (token) headers.authorization = `Bearer ${token}`
  return http.asyncRequest('POST', `${gate}/next`, JSON.stringify(message), {
    headers,
    timeout: '60s',
    responseType: 'text',
  })
}

/** @param user that knows when it sent its last request */
async function carryOut({ order, base, timeout, every = 0, requests }, user) {
  const answers = []
  const began = Date.now()
  let lost
  let paused = 0
  for (const request of requests) {
    const early = user.lastAt + every - Date.now()
    if (early > 0) {
      await pause(early)
      paused += early
    }
    user.lastAt = Date.now()
    const response = await send(base, timeout, request)
    if (response.status === 0) {
      lost = reasonOf(response.error)
      break
    }
    answers.push(answerFrom(response, request.read))
  }
  const took = Math.max(1, (Date.now() - began) * 1000)
  const waited = answers.reduce((sum, answer) => sum + answer.took, paused * 1000)
  return { order, took, busy: lost ? undefined : Math.max(0, 1 - waited / took), answers, lost }
}

/** @param error in k6's words */
function reasonOf(error) {
  if (/timeout/i.test(error)) return 'it timed out'
  if (/EOF$/.test(error)) return 'the connection was closed'
  return error || 'k6 does not say why'
}

const send = (base, timeout, { method, path, headers, body }) =>
  http.asyncRequest(method, base + path, body === undefined ? null : b64decode(body), {
    headers,
    timeout,
    redirects: 0,
    responseType: 'binary',
    // A jar of its own, so that no cookie is sent that the script does not send.
    jar: new http.CookieJar(),
  })

function answerFrom({ timings, status, headers, body }, read) {
  const answer = { took: timings.duration * 1000, status, bytes: body ? body.byteLength : 0 }
  if (!read && status < 300) return answer
  // k6 has decoded the body.
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-encoding')
  return Object.assign(answer, { headers: others.flat(), body: body ? b64encode(body) : '' })
}
