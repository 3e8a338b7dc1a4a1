/**
 * A server that answers after known times: `/0.5/20/0.9` after 0.5 ms nine times out of ten and else after 20 ms, in a fixed
 * order; `/5` always after 5 ms; on one port by HTTP/1.1, on another by HTTP/2. It spins until a response is due, because timers are a millisecond off. `/taken` gives the
 * times at which it really answered since the last call, in ms.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { putMainThreadFirst } from '../../harness/measure/driver/v8-threads.ts'

// Its own compiler and garbage collector must not make it late.
putMainThreadFirst()

const due = []
let taken = []
let number = 0
let spinning = false

/** Spread evenly: of every ten answers in a row nine are of the first kind. */
const GOLDEN = 0.6180339887498949

function answer(request, response) {
  if (request.url === '/taken') {
    response.end(JSON.stringify(taken))
    taken = []
    return
  }
  const [, first, second = first, share = '1'] = request.url.split('/')
  const chance = (number++ * GOLDEN) % 1
  const delay = Number(chance < Number(share) ? first : second)
  if (delay === 0) return response.end('ok')
  const came = now()
  due.push({ came, at: came + delay, response })
  if (!spinning) spin()
}

function spin() {
  const moment = now()
  for (let i = due.length - 1; i >= 0; i--) {
    const { came, at, response } = due[i]
    if (at > moment) continue
    response.end('ok', () => taken.push([came, now()]))
    due.splice(i, 1)
  }
  spinning = due.length > 0
  if (spinning) setImmediate(spin)
}

/** Milliseconds on a clock that all processes share. */
function now() {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

const servers = [createServer({ keepAliveTimeout: 60_000 }, answer), createHttp2Server(answer)]
for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
process.stdout.write(`${servers.map(server => server.address().port).join(' ')}\n`)
