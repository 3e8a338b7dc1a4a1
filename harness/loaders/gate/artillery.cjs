/**
 * The client of the gate for Artillery: before each request, a virtual user takes the next one of its order, and when all are sent,
 * it reports on them and asks for more.
 */
const { performance } = require('node:perf_hooks')
const { randomBytes } = require('node:crypto')

const { FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_WORKER: machine = 'artillery' } = process.env

/** Milliseconds for which a user goes on asking when nobody answers, because a run opens the gate again for each round. */
const PATIENCE = Number(process.env.FLAMEGATE_PATIENCE ?? 0) * 1000

/** Seconds, as `artillery.yml` says. */
const TIMEOUT = 600

/** Requests that are not answered yet, by id: whose they are, and when they were sent. All users of a process share its events. */
const pending = new Map()

const LISTENERS = {
  // What Artillery does before is not the service's time.
  'trace:http:request': (_request, id) => {
    const own = pending.get(id)
    if (own) own.sentAt = performance.now()
  },
  // Artillery limits the time until an answer begins, but not until it ends.
  'trace:http:response': (response, id) => {
    const own = pending.get(id)
    if (!own) return
    const { vars, sentAt } = own
    const timer = setTimeout(
      () => {
        vars.isLate = true
        response.destroy()
      },
      sentAt + vars.order.timeout - performance.now(),
    )
    response.once('close', () => clearTimeout(timer))
  },
}

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
  // Seconds, or milliseconds in older versions of Artillery (2.0.21 was one of them).
  const second = request.timeout / TIMEOUT
  Object.assign(request, { url: base + path, method, headers: { ...headers } })
  request.timeout = (timeout / 1000) * second
  if (body !== undefined) request.body = Buffer.from(body, 'base64')
  pending.set(request.uuid, { vars })
  for (const [event, listener] of Object.entries(LISTENERS))
    if (!events.listeners(event).includes(listener)) events.on(event, listener)
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
  const took = (performance.now() - pending.get(request.uuid).sentAt) * 1000
  pending.delete(request.uuid)
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
function lose(error, request, context, _events, done) {
  const { vars } = context
  const { gate, order, worker, isLate } = vars
  pending.delete(request.uuid)
  // It may be called twice for one request.
  if (!order) {
    done()
    return
  }
  vars.order = undefined
  const reason = error.message || error.code || 'Artillery does not say why'
  const lost = isLate || /timed? ?out/i.test(`${error.code} ${reason}`) ? 'it timed out' : reason
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
