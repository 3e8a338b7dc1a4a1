/**
 * Takes the time of each followed request apart, as the load generator saw it, from sending to the answer. Every moment is
 * counted once: what a request would have waited for anyway is not counted as something else too.
 */
import type { Stretches } from '../model/capabilities.ts'
import type { FollowedRequest, FollowedRequests, WaitCause } from '../model/waits.ts'
import { median, quantile } from '../stats/describe.ts'
import { overlap, type Span, union, within, without } from './spans.ts'

/** `delivery`: sent but not begun, or answered but not received, while the loop slept. `watching`: what following it took. */
export type PartKind =
  | 'own'
  | 'others'
  | 'collection'
  | 'processor'
  | 'blocked'
  | 'delivery'
  | 'watching'
  | 'queue'
  | 'wait'
  | 'unexplained'

export interface Part {
  kind: PartKind
  /** Index of the causes; only of `wait` and `queue`. */
  cause?: number
  /** Index of the stacks, −1 where unknown. */
  stack: number
  /** Milliseconds. */
  time: number
}

export interface TakenApart {
  /** Milliseconds from sending to the answer. */
  latency: number
  parts: Part[]
  isTypical: boolean
  isSlow: boolean
}

/** Share of the requests that count as slow, and the fewest of them. */
const SLOW = { share: 0.01, least: 3 }
/** Percentiles between which requests are typical. */
const TYPICAL = { from: 0.25, to: 0.75 }

/** Milliseconds by which clocks and callbacks can disagree about who came first. */
const TOLERANCE = 1

/** @param sent when each request of the load was in flight, in µs on the machine's monotonic clock */
export function timesOf(seen: FollowedRequests, sent: Stretches): TakenApart[] {
  const usual = usualWaits(seen.requests)
  const flights = flightsOf(seen, sent)
  const pauses = union(seen.pauses)
  const apart = seen.requests.map((request, at) =>
    takeApart(request, flights[at], pauses, { usual, causes: seen.causes }),
  )
  if (apart.length === 0) return []
  const latencies = apart.map(({ latency }) => latency).sort((a, b) => a - b)
  const slow = Math.min(latencies.length, Math.max(SLOW.least, Math.round(latencies.length * SLOW.share)))
  const [low, high] = [quantile(latencies, TYPICAL.from), quantile(latencies, TYPICAL.to)]
  const least = latencies.at(-slow) ?? 0
  return apart.map(it => ({
    ...it,
    isTypical: it.latency >= low && it.latency <= high,
    isSlow: it.latency >= least,
  }))
}

/**
 * The request of the load that each followed one was: the first one to be answered after it ended, of those that were sent
 * before it began. Absent where the load knows none.
 */
export function flightsOf({ began, requests }: FollowedRequests, sent: Stretches): (Span | undefined)[] {
  const flights = sent.from
    .map((from, at) => ({ from: (from - began) / 1e3, to: (sent.to[at]! - began) / 1e3, taken: false }))
    .sort((a, b) => a.to - b.to)
  const order = requests.map((_, at) => at).sort((a, b) => requests[a]!.to - requests[b]!.to)
  const found: (Span | undefined)[] = new Array(requests.length)
  let first = 0
  for (const at of order) {
    const { from, to } = requests[at]!
    while (first < flights.length && flights[first]!.to < to - TOLERANCE) first++
    const flight = flights
      .slice(first, first + 1_000)
      .find(it => !it.taken && it.from <= from + TOLERANCE && it.to >= to - TOLERANCE)
    if (!flight) continue
    flight.taken = true
    found[at] = { from: Math.min(flight.from, from), to: Math.max(flight.to, to) }
  }
  return found
}

/**
 * How long each kind of wait takes when nothing else makes it longer: the loop slept until it was over. By cause and stack,
 * in ms.
 */
function usualWaits(requests: FollowedRequest[]): (cause: number, stack: number) => number {
  const all = new Map<string, { length: number; isClear: boolean }[]>()
  for (const { way } of requests) {
    for (const [at, cause] of way.cause.entries()) {
      if (cause < 0) continue
      const [from, to] = [way.from[at]!, way.to[at]!]
      const length = to - from
      const key = `${cause} ${way.stack[at]}`
      const known = all.get(key) ?? []
      all.set(key, known)
      known.push({ length, isClear: to - way.busy[at]! < length * 0.1 })
    }
  }
  const usual = new Map([...all].map(([key, waits]) => [key, usualOf(waits)]))
  return (cause, stack) => usual.get(`${cause} ${stack}`) ?? 0
}

/** Fewest undisturbed waits for a median. With fewer, the quick ones among all have been disturbed least. */
const FEWEST_CLEAR = 5

function usualOf(waits: { length: number; isClear: boolean }[]): number {
  const clear = waits.filter(({ isClear }) => isClear).map(({ length }) => length)
  if (clear.length >= FEWEST_CLEAR) return median(clear)
  return quantile(
    waits.map(({ length }) => length).sort((a, b) => a - b),
    0.1,
  )
}

function takeApart(
  request: FollowedRequest,
  flight: Span | undefined,
  pauses: Span[],
  { usual, causes }: { usual: (cause: number, stack: number) => number; causes: WaitCause[] },
): Pick<TakenApart, 'latency' | 'parts'> {
  const { from, to } = flight ?? request
  const parts: Part[] = []
  const add = (kind: PartKind, time: number, stack = -1, cause?: number) => {
    if (time > 0) parts.push({ kind, time, stack, cause })
  }
  const watched = watchedShare(request.runs)
  const addOwn = (time: number) => {
    add('own', time * (1 - watched))
    add('watching', time * watched)
  }
  // Run-queue time that is not yet assigned to a wait or to the request's own work.
  let delay = request.delay / 1e6
  const takeDelay = (most: number) => {
    const taken = Math.max(0, Math.min(delay, most))
    delay -= taken
    return taken
  }
  const onLoop = (kind: 'own' | 'others', from: number, to: number) => {
    const collecting = overlap(pauses, from, to)
    add('collection', collecting)
    if (kind === 'own') addOwn(to - from - collecting)
    else add(kind, to - from - collecting)
  }

  const { way } = request
  const runs = union(request.runs)
  for (const [at, cause] of way.cause.entries()) {
    const [start, end, stack] = [way.from[at]!, way.to[at]!, way.stack[at]!]
    if (cause === OWN) {
      const collecting = overlap(pauses, start, end)
      const run = runAt(request.runs, start, end)
      const off = Math.max(0, (end - start) * offShare(request.runs, run) - collecting)
      // A thread that did not sleep was ready, and something else had its processor: another thread, or another machine on the host.
      const waited = request.runs.slept[run] ? takeDelay(off) : Math.max(off, takeDelay(off))
      add('collection', collecting)
      add('processor', waited)
      add('blocked', off - waited)
      addOwn(end - start - collecting - off)
      continue
    }
    const own = overlap(runs, start, end)
    for (const piece of within(runs, start, end)) onLoop('own', piece.from, piece.to)
    if (cause < 0) {
      for (const piece of without(runs, start, end)) onLoop('others', piece.from, piece.to)
      continue
    }
    // Somewhere in the last stretch without sleep the wait was over, and others ran.
    const ready = clamp(start + own + usual(cause, stack), Math.max(start, way.busy[at]!), end)
    for (const piece of without(runs, ready, end)) onLoop('others', piece.from, piece.to)
    const rest = ready - start - overlap(runs, start, ready)
    // The threads of the pool compete with the main thread, which has nothing to do until they are done.
    const waited = POOL.has(causes[cause]?.kind ?? '') ? 0 : takeDelay(rest - usual(cause, stack))
    add('processor', waited)
    const queued = clamp(way.began[at]! - start, 0, rest - waited)
    add('queue', queued, stack, cause)
    add('wait', rest - waited - queued, stack, cause)
  }

  const known = way.from.reduce((sum, start, at) => sum + way.to[at]! - start, 0)
  add('unexplained', request.to - request.from - known)
  const busy = clamp(request.busy, from, request.from)
  onLoop('others', busy, request.from)
  add('delivery', busy - from + to - request.to)
  return { latency: to - from, parts: withDelay(parts, delay) }
}

/** Time in which the thread was ready without running, and which no wait explains, was in the work of others. */
function withDelay(parts: Part[], delay: number): Part[] {
  const others = parts.filter(({ kind }) => kind === 'others')
  const whole = others.reduce((sum, { time }) => sum + time, 0)
  const waited = Math.min(delay, whole)
  if (waited <= 0) return parts
  const rest = others.map(part => ({ ...part, time: part.time * (1 - waited / whole) }))
  return [
    ...parts.filter(({ kind }) => kind !== 'others'),
    ...rest,
    { kind: 'processor', stack: -1, time: waited },
  ]
}

const OWN = -1

/** Kinds of waits for work on libuv's threads. */
const POOL = new Set(['files', 'crypto', 'compression', 'lookup'])

/** Share of the time in which its code ran that following it took. */
function watchedShare({ from, to, watched }: FollowedRequest['runs']): number {
  const length = from.reduce((sum, began, at) => sum + to[at]! - began, 0)
  const spent = watched.reduce((sum, time) => sum + time, 0)
  return length > 0 ? clamp(spent / length, 0, 1) : 0
}

/** The stretch of its own code that another one is a part of; −1 where none is. */
const runAt = ({ from, to }: FollowedRequest['runs'], start: number, end: number): number =>
  from.findIndex((began, at) => began <= start && to[at]! >= end - 1e-6)

/** Share of a stretch of its own code in which the thread was not on a processor. */
function offShare({ from, to, cpu }: FollowedRequest['runs'], at: number): number {
  const used = cpu[at] ?? null
  const length = at === -1 ? 0 : to[at]! - from[at]!
  return used === null || length <= 0 ? 0 : clamp(1 - used / length, 0, 1)
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high))
