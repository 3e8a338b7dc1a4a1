/**
 * The client of the gate for Artillery: before each request, a virtual user takes the next one of its order, and when all are sent,
 * it reports on them and asks for more.
 */
const { performance } = require('node:perf_hooks')
const { randomBytes } = require('node:crypto')

const { FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_WORKER: machine = 'artillery' } = process.env

/** Milliseconds for which a user goes on asking when nobody answers, because a run opens the gate again for each round. */
const PATIENCE = Number(process.env.FLAMEGATE_PATIENCE ?? 0) * 1000

/** Emitted when a request is about to be sent, with the object that `send` was given. */
const SENT = 'trace:http:request'
const sentAt = new WeakMap()
const noteSent = request => sentAt.set(request, performance.now())

module.exports = { join, send, receive, goOn, lose }

function join(context, _events, done) {
  const { vars } = context
  vars.gate ??= process.env.FLAMEGATE_GATE
  vars.worker = `${machine}/${randomBytes(3).toString('hex')}`
  next(vars).then(isOpen => done(isOpen ? undefined : new Error('the gate is closed')), done)
}

/** Before a request. */
function send(request, context, events, done) {
  const { vars } = context
  const { base, timeout, every = 0 } = vars.order
  const { method, path, headers, body } = vars.order.requests[vars.answers.length]
  Object.assign(request, { url: base + path, method, headers: { ...headers }, timeout: timeout / 1000 })
  if (body !== undefined) request.body = Buffer.from(body, 'base64')
  // What Artillery does until then is not the service's time.
  if (!events.listeners(SENT).includes(noteSent)) events.on(SENT, noteSent)
  const early = (vars.lastAt ?? 0) + every - performance.now()
  const goAhead = () => {
    vars.lastAt = performance.now()
    done()
  }
  if (early > 0) setTimeout(goAhead, early)
  else goAhead()
}

/** After its answer. */
function receive(request, response, context, _events, done) {
  const { vars } = context
  const took = (performance.now() - sentAt.get(request)) * 1000
  const { statusCode: status, headers, body = '' } = response
  const { read } = vars.order.requests[vars.answers.length]
  vars.answers.push({
    took,
    status,
    bytes: Buffer.byteLength(body),
    ...((read || status >= 300) && { headers: pairsOf(headers), body: Buffer.from(body).toString('base64') }),
  })
  done()
}

/** Names and values in turn. */
const pairsOf = headers =>
  Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap(one => [name, one]))

/** Whether there is a request to send. */
function goOn(context, done) {
  const { vars } = context
  if (vars.answers.length < vars.order.requests.length) {
    done(true)
    return
  }
  vars.outcome = outcomeOf(vars)
  next(vars).then(done, () => done(false))
}

/** After a request without an answer. Artillery ends the user then, and another one comes. */
function lose(error, _request, context, _events, done) {
  const { vars } = context
  const { gate, order, worker } = vars
  // It may be called twice for one request.
  if (!order) {
    done()
    return
  }
  vars.order = undefined
  const reason = error.message || error.code || 'Artillery does not say why'
  const lost = /timed? ?out/i.test(`${error.code} ${reason}`) ? 'it timed out' : reason
  const outcome = outcomeOf({ ...vars, order, lost })
  post(gate, { worker, lane: order.lane, outcome, leaves: true }).then(
    () => done(),
    () => done(),
  )
}

function outcomeOf({ order, beganAt, loop, answers, lost }) {
  const took = (performance.now() - beganAt) * 1000
  const busy = Math.min(1, performance.eventLoopUtilization(loop).utilization)
  return { order: order.order, took, busy, answers, lost }
}

/** Waits at the gate. @returns whether there is an order */
async function next(vars) {
  for (const until = performance.now() + PATIENCE; ; ) {
    const { gate, worker, order, outcome } = vars
    const answer = await post(gate, { worker, lane: order?.lane, outcome }).catch(() => undefined)
    if (answer?.status === 200) {
      vars.order = await answer.json()
      vars.outcome = undefined
      vars.answers = []
      vars.loop = performance.eventLoopUtilization()
      vars.beganAt = performance.now()
      return true
    }
    vars.outcome = undefined
    if (answer?.status === 204) continue
    vars.order = undefined
    if (performance.now() >= until) return false
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
}

const post = async (gate, message) =>
  await fetch(`${gate}/next`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(message),
  })
