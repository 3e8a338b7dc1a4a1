/** `/debug/pprof/` as Go has it, on a listener of its own or behind the service’s. */
const { encodeNothing } = require('./pprof.cjs')
const { zip } = require('./zip.cjs')

const PREFIX = '/debug/pprof/'
/** Seconds. Go’s own default of a CPU profile is the first one. */
const USUAL = { profile: 30, heap: 5, allocs: 5 }
const MOST_SECONDS = 300
/** Profiles at the same time. */
const MOST_AT_ONCE = 4

const TAKE = {
  profile: (recorder, ms) => recorder.take(ms),
  heap: (recorder, ms) => recorder.takeAllocation(ms, false),
  allocs: (recorder, ms) => recorder.takeAllocation(ms, true),
}

/** What only Go has. Tools that collect everything ask for it too, and Go also answers with an empty profile where nothing was recorded. */
const LOCKS = [
  ['contentions', 'count'],
  ['delay', 'nanoseconds'],
]
const NOTHING = {
  block: LOCKS,
  mutex: LOCKS,
  goroutine: [['goroutine', 'count']],
  threadcreate: [['threadcreate', 'count']],
}

/** What the lab reads of a service that it cannot look at: not a profile. */
const COUNTERS = 'counters'

let running = 0

/** @param url with its query; @returns status, headers and body of the answer */
async function answer(url, recorder, counters) {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const at = pathname.indexOf(PREFIX)
  const name = at < 0 ? undefined : pathname.slice(at + PREFIX.length)
  if (name === '') return index()
  if (name === COUNTERS) return counted(counters)
  const isEmpty = Object.hasOwn(NOTHING, name ?? '')
  if (!isEmpty && !Object.hasOwn(TAKE, name ?? '')) return problem(404, 'Unknown profile')
  if (Number(searchParams.get('debug') ?? 0) > 0)
    return problem(400, 'debug is not supported: profiles are protocol buffers')
  if (isEmpty) return taken(name, zip(encodeNothing(NOTHING[name])))
  const seconds = Number(searchParams.get('seconds') ?? USUAL[name])
  if (!(seconds > 0 && seconds <= MOST_SECONDS))
    return problem(400, `seconds must be above 0 and at most ${MOST_SECONDS}`)
  if (running >= MOST_AT_ONCE)
    return problem(500, 'Could not enable profiling: as many as there can be are running')
  running++
  try {
    return taken(name, await TAKE[name](recorder, seconds * 1_000))
  } catch (error) {
    return problem(500, `Could not enable profiling: ${error.message}`)
  } finally {
    running--
  }
}

const SAFE = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }

const taken = (name, body) => ({
  status: 200,
  headers: {
    ...SAFE,
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}"`,
    'content-length': String(body.length),
  },
  body,
})

const problem = (status, text) => ({
  status,
  headers: { ...SAFE, 'content-type': 'text/plain; charset=utf-8', 'x-go-pprof': '1' },
  body: `${text}\n`,
})

const counted = counters => ({
  status: 200,
  headers: { ...SAFE, 'content-type': 'application/json' },
  body: JSON.stringify(counters.current()),
})

const index = () => ({
  status: 200,
  headers: { ...SAFE, 'content-type': 'text/plain; charset=utf-8' },
  body: `${Object.entries(USUAL)
    .map(([name, seconds]) => `${PREFIX}${name}?seconds=${seconds}`)
    .join('\n')}\n`,
})

/** A listener that keeps nothing alive. */
function listen({ port, host }, recorder, counters, log) {
  // Loaded when it is needed: the memory of this thread is the service's.
  const { createServer } = require('node:http')
  const server = createServer(async (request, response) => {
    request.resume()
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    const { status, headers, body } = await answer(request.url, recorder, counters)
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
  })
  server.on('error', error => log.once('endpoints', `its endpoints cannot be reached: ${error.message}`))
  server.listen(port, host).unref()
  return server
}

module.exports = { answer, listen }
