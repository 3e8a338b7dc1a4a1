/** What limits a variant: the first rule that its figures fulfil. None says something without a figure. */
import type { Sides } from '../model/comparison.ts'
import type { Cause, Diagnosis } from '../model/diagnosis.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { FrameChange, ShownFunction } from '../model/flame.ts'
import type { LeakVerdict } from '../model/report.ts'
import type { RequestClass, RequestTimes } from '../model/times.ts'
import { overall, sumOf } from '../stats/columns.ts'
import { mean } from '../stats/describe.ts'
import { digits, share, value } from '../words/numbers.ts'
import { blockingCalls } from './blocking.ts'
import type { Decode } from './profiles.ts'
import { samplesOf } from './samples.ts'

/** Time of one kind in one class of requests. */
interface Part {
  what: string
  place?: ShownFunction
  /** µs per request, and as a share of the latency. */
  time: number
  share: number
}

interface Facts {
  typical: Class
  slow: Class
  /** Shares of the time in which the main thread ran, and in which it was ready but did not. */
  busy: number
  delayed: number
  /** Times per request that the main thread stopped to wait. */
  switches: number
  /** Share of the time in which it was found blocked in each system call; `storage` where it could not be woken. */
  blocking: { call: string; share: number }[]
  leak?: LeakVerdict
  /** The function of the service or a package that costs most by itself, in the collector. */
  top(collector: string): ShownFunction | undefined
}

interface Class {
  latency: number
  parts: Part[]
}

/** Time of a request below which nothing is worth changing, in µs. */
const NOTICEABLE = 1_000

/** One for each variant that requests were followed in. */
export function diagnoses(
  evidence: Evidence,
  { times, leaks, frames }: { times: RequestTimes[]; leaks: LeakVerdict[]; frames: FrameChange[] },
  decode: Decode,
): Diagnosis[] {
  return evidence.subjects.flatMap(({ id }) => {
    const side: keyof Sides = id === evidence.baseline ? 'before' : 'after'
    const own = times.filter(it => side === 'before' || it.variant === id)
    const classOf = (requests: RequestClass) => {
      const found = own.find(it => it.requests === requests)
      return found && partsOf(found, side)
    }
    const [typical, slow] = [classOf('typical'), classOf('slow')]
    if (!typical || !slow) return []
    const samples = samplesOf(evidence, id)
    const facts: Facts = {
      typical,
      slow,
      ...loadOf(samples),
      blocking: blockingCalls(samples, decode),
      leak: leaks.find(({ variant, verdict }) => variant === id && verdict === 'leak'),
      top: collector => topOf(frames, { variant: id, baseline: evidence.baseline }, collector),
    }
    return { variant: id, ...diagnose(facts) }
  })
}

function partsOf({ rows, latency }: RequestTimes, side: keyof Sides): Class {
  const parts = rows.map(row => ({
    what: row.what,
    place: row.place,
    time: row[side],
    share: latency[side] > 0 ? row[side] / latency[side] : 0,
  }))
  return { latency: latency[side], parts: parts.toSorted((a, b) => b.time - a.time) }
}

function loadOf(samples: Sample[]): Pick<Facts, 'busy' | 'delayed' | 'switches'> {
  const wall = sumOf(samples, 'wall')
  const shareOf = (column: 'mainCpu' | 'mainRunDelay') => (wall > 0 ? sumOf(samples, column) / wall : 0)
  const switches = samples.flatMap(sample => overall(sample, 'mainVoluntarySwitches') ?? [])
  return {
    busy: shareOf('mainCpu'),
    delayed: shareOf('mainRunDelay'),
    switches: switches.length > 0 ? mean(switches) : 0,
  }
}

function topOf(
  frames: FrameChange[],
  { variant, baseline }: { variant: string; baseline: string },
  collector: string,
): ShownFunction | undefined {
  const side = variant === baseline ? 'before' : 'after'
  return frames
    .filter(it => it.collector === collector && (side === 'before' || it.variant === variant))
    .filter(({ category }) => category === 'application' || category === 'dependency')
    .toSorted((a, b) => b[side] - a[side])[0]
}

type Seen = Omit<Diagnosis, 'variant'>

/** From what is certain and strange to what is common. */
function diagnose(facts: Facts): Seen {
  for (const rule of RULES) {
    const seen = rule(facts)
    if (seen) return seen
  }
  const [most] = facts.typical.parts
  return {
    cause: 'nothing',
    message: `Nothing stands out: a typical request takes ${value(facts.typical.latency, 'µs')}${most ? `, ${share(most.share)} of it ${words(most.what)}` : ''}.`,
    advice: '',
  }
}

const RULES: ((facts: Facts) => Seen | null)[] = [
  ({ typical, busy, delayed }) => {
    const waited = partOf(typical, '[waiting for a processor]')
    if (waited.share < 0.3) return null
    return {
      cause: 'processor',
      message: `It lacks a processor: a typical request waits ${value(waited.time, 'µs')} of its ${value(typical.latency, 'µs')} for one. The main thread ran ${share(busy)} of the time, and was ready but had to wait for another ${share(delayed)}.`,
      advice: 'Find out what else runs on its processors, or give it more of them.',
    }
  },
  facts => {
    const blocked = partOf(facts.typical, '[main thread blocked]')
    if (blocked.share < 0.2) return null
    return { ...blockedBy(facts, blocked), place: facts.top('cpu') }
  },
  ({ typical, top }) => {
    const collecting = partOf(typical, '[garbage collection]')
    if (collecting.share < 0.15) return null
    return {
      cause: 'garbage',
      message: `Garbage collection takes ${share(collecting.share)} of a typical request (${value(collecting.time, 'µs')}).`,
      advice: 'Look at the allocation flame for what makes so much garbage.',
      place: top('allocation'),
    }
  },
  ({ leak }) =>
    leak
      ? {
          cause: 'leak',
          message: leak.reason,
          advice: 'Look at the functions that retain most.',
          place: leak.frames[0],
        }
      : null,
  ({ typical }) => waitSeen(typical, 'a typical request', 0.3),
  ({ typical, busy, top }) => {
    const own = partOf(typical, '[own work]')
    const others = partOf(typical, OTHERS)
    const onLoop = own.share + others.share
    if (onLoop < 0.5 || (own.time < NOTICEABLE && busy < 0.7)) return null
    return {
      cause: 'own work',
      message: `Its own work limits it: ${share(onLoop)} of a typical request (${value(own.time + others.time, 'µs')}) is work on the event loop, and the main thread ran ${share(busy)} of the time.`,
      advice: 'Look at the CPU flame.',
      place: top('cpu'),
    }
  },
  ({ typical, slow, top }) => {
    const work = partOf(slow, '[own work]').time + partOf(slow, OTHERS).time
    const isTurn = slow.latency >= 2 * typical.latency && work >= 0.4 * slow.latency && work >= 5 * NOTICEABLE
    if (!isTurn) return null
    return {
      cause: 'long turns',
      message: `Long turns hold the event loop up: one request in a hundred takes ${value(slow.latency, 'µs')}, ${value(work, 'µs')} of it for work on the loop; a typical one takes ${value(typical.latency, 'µs')}.`,
      advice: 'Split the work, or move it to a worker thread.',
      place: top('stalls') ?? top('cpu'),
    }
  },
  ({ typical, slow }) =>
    slow.latency >= 3 * typical.latency ? waitSeen(slow, 'one request in a hundred', 0.5) : null,
]

const OTHERS = "[others' work on the loop]"

/** What is not a wait for something outside. */
const WITHIN = new Set([
  '[own work]',
  OTHERS,
  '[garbage collection]',
  '[waiting for a processor]',
  '[main thread blocked]',
  '[on the way]',
  '[unexplained]',
  '(rest)',
])

function waitSeen({ parts, latency }: Class, who: string, least: number): Seen | null {
  const waits = Map.groupBy(
    parts.filter(({ what }) => !WITHIN.has(what)),
    ({ what }) => what,
  )
  const sums = [...waits].map(([what, own]) => ({
    what,
    place: own[0]!.place,
    time: own.reduce((sum, { time }) => sum + time, 0),
  }))
  const [most] = sums.toSorted((a, b) => b.time - a.time)
  if (!most || most.time < NOTICEABLE || most.time < least * latency) return null
  const cause = WAITS[most.what] ?? 'wait'
  return {
    cause,
    message: `${capital(who)} spends ${share(most.time / latency)} of its ${value(latency, 'µs')} ${words(most.what)} (${value(most.time, 'µs')}).`,
    advice: ADVICE[cause] ?? 'Look at the wait flame.',
    place: most.place,
  }
}

const WAITS: Record<string, Cause> = {
  '[waiting for a pooled connection]': 'pool',
  '[waiting for a thread of the pool]': 'thread pool',
}

const ADVICE: Partial<Record<Cause, string>> = {
  pool: 'Hold connections for a shorter time, or allow more of them.',
  'thread pool':
    'Find out what else uses the thread pool (files, DNS lookups, crypto, compression), or raise UV_THREADPOOL_SIZE.',
  wait: 'Ask for less, ask at the same time, or make the other side faster.',
}

/** Stops to wait per request that make a storm. */
const STORM = 50

/** What the main thread was blocked in. Without a look from outside, only that it was. */
function blockedBy({ blocking, switches, typical }: Facts, blocked: Part): Omit<Seen, 'place'> {
  const [most] = blocking
  const extent = `The main thread is blocked for ${share(blocked.share)} of a typical request (${value(blocked.time, 'µs')} of ${value(typical.latency, 'µs')})`
  if (switches >= STORM)
    return {
      cause: 'switches',
      message: `${extent}, and stops ${digits(switches)} times in each: it waits for another thread again and again.`,
      advice: 'Hand over more work at a time, and do not wait for the answer on the event loop.',
    }
  if (most?.call === 'storage' || /sync$/.test(most?.call ?? ''))
    return {
      cause: 'storage',
      message: `${extent}, waiting for storage.`,
      advice: 'Write asynchronously, or less often.',
    }
  if (most?.call === 'futex')
    return {
      cause: 'lock',
      message: `${extent}, waiting for another thread to let go of a lock.`,
      advice: 'Do not wait for other threads on the event loop: use messages or `Atomics.waitAsync`.',
    }
  if (/^(write|writev|pipe_)/.test(most?.call ?? ''))
    return {
      cause: 'slow reader',
      message: `${extent}, writing to a pipe or a terminal whose reader is slow.`,
      advice: 'Log less, or through a logger that writes asynchronously.',
    }
  return {
    cause: 'blocked',
    message: `${extent}${most ? `, in ${most.call}` : ''}.`,
    advice: 'Look at the CPU flame for the function that makes a synchronous call.',
  }
}

const partOf = ({ parts }: Class, what: string): Part =>
  parts.find(part => part.what === what) ?? { what, time: 0, share: 0 }

const words = (what: string): string => what.replace(/^[[(]|[\])]$/g, '')

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
