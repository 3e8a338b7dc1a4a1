/** What limits a variant: the first rule that its figures fulfil. */
import type { Diagnosis } from '../../model/diagnosis.ts'
import { sum } from '../../stats/describe.ts'
import { digits, share, value } from '../../words/numbers.ts'
import type { Class, Facts, Part, Pool } from './facts.ts'
import {
  ADVICE,
  BLOCKED,
  COLLECTION,
  causeOf,
  isOnPool,
  isWait,
  OTHERS,
  OWN,
  POOLED,
  PROCESSOR,
  QUEUE,
  wordsOf,
} from './words.ts'

/** Time of a request below which no wait, no work and no turn of another is worth changing, in µs. */
const NOTICEABLE = { wait: 1_000, work: 3_000, turns: 100 }

type Seen = Omit<Diagnosis, 'variant' | 'baseline'>

/** From what is certain and strange to what is common. */
export function diagnose(facts: Facts): Seen {
  for (const rule of RULES) {
    const seen = rule(facts)
    if (seen) return seen
  }
  const [most] = facts.typical.parts
  return {
    cause: 'nothing',
    message: `Nothing stands out: a typical request takes ${value(facts.typical.latency, 'µs')}${most ? `, ${share(most.share)} of it ${wordsOf(most.what)}` : ''}.`,
    advice: '',
  }
}

/** A main thread that runs more of the time than this leaves little for anything else. */
const SATURATED = 0.7

/** What can be said where no requests were followed: whether the processor is the limit. */
export function withoutTimes({ busy, delayed, top }: Omit<Facts, 'typical' | 'slow'>): Seen | null {
  if (delayed >= 0.3)
    return {
      cause: 'processor',
      message: `It lacks a processor: the main thread ran ${share(busy)} of the time, and was ready but had to wait for another ${share(delayed)}.`,
      advice: ADVICE.processor!,
    }
  if (busy < SATURATED) return null
  return {
    cause: 'own work',
    message: `Its own work limits it: the main thread ran ${share(busy)} of the time.`,
    advice: ADVICE['own work']!,
    place: top('cpu'),
  }
}

/** Stops to wait per request that make a storm. */
const STORM = 50
/** Least share of the time in which a main thread that is blocked is also found so from outside. */
const ASLEEP = 0.01

const RULES: ((facts: Facts) => Seen | null)[] = [
  facts => {
    const [blocked, waited] = [partOf(facts.typical, BLOCKED), partOf(facts.typical, PROCESSOR)]
    // A thread that is woken has to wait for a processor too.
    if (Math.min(facts.switches, facts.othersSwitches) < STORM || blocked.share + waited.share < 0.2)
      return null
    return {
      cause: 'switches',
      message: `The main thread stops ${digits(facts.switches)} times in each request to wait for another thread, for ${share(blocked.share + waited.share)} of a typical request (${value(blocked.time + waited.time, 'µs')} of ${value(facts.typical.latency, 'µs')}).`,
      advice: 'Hand over more work at a time, and do not wait for the answer on the event loop.',
      place: facts.top('cpu'),
    }
  },
  facts => {
    const { parts, latency } = facts.typical
    const queued = partOf(facts.typical, QUEUE)
    const onPool = parts.filter(({ what }) => what === QUEUE || isOnPool(what))
    const all = { share: sum(onPool.map(({ share }) => share)), time: sum(onPool.map(({ time }) => time)) }
    // Where the pool works more than the main thread, that waits for a processor because of it.
    const isPoolsWork = poolBusy(facts.pool) >= 3 * facts.busy && queued.share >= 0.05 && all.share >= 0.1
    const isQueue = queued.share >= 0.15 && all.share >= 0.3
    if (!(isQueue || isPoolsWork) || all.time < NOTICEABLE.wait) return null
    return {
      cause: 'thread pool',
      message: `A typical request spends ${value(all.time, 'µs')} of its ${value(latency, 'µs')} on the thread pool, ${value(queued.time, 'µs')} of that waiting for a thread${poolText(facts.pool)}.`,
      advice: ADVICE['thread pool']!,
      place: onPool.find(({ what }) => what === QUEUE)?.place,
    }
  },
  ({ typical, busy, delayed }) => {
    const waited = partOf(typical, PROCESSOR)
    // Two variants that are loaded at the same time wait for each other a little.
    if (waited.share < 0.3 || delayed < Math.max(0.1, 2 * busy)) return null
    return {
      cause: 'processor',
      message: `It lacks a processor: a typical request waits ${value(waited.time, 'µs')} of its ${value(typical.latency, 'µs')} for one. The main thread ran ${share(busy)} of the time, and was ready but had to wait for another ${share(delayed)}.`,
      advice: ADVICE.processor!,
    }
  },
  facts => {
    const blocked = partOf(facts.typical, BLOCKED)
    const { blocking } = facts
    // A host that takes a processor away looks like a sleep from within, and does not from outside.
    const isSeen = blocking === undefined || sum(blocking.map(({ share }) => share)) >= ASLEEP
    if (blocked.share < 0.15 || !isSeen) return null
    return { ...blockedBy(facts, blocked), place: facts.top('cpu') }
  },
  ({ typical, top }) => {
    const collecting = partOf(typical, COLLECTION)
    if (collecting.share < 0.15) return null
    return {
      cause: 'garbage',
      message: `Garbage collection takes ${share(collecting.share)} of a typical request (${value(collecting.time, 'µs')}).`,
      advice: ADVICE.garbage!,
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
  // A request that waits for a connection waits for the requests that hold them, and so for what those wait for.
  facts => waitSeen(facts, facts.typical, 'a typical request', 0.2, POOLED),
  // A pool that is nearly enough is felt by some requests first.
  facts =>
    partOf(facts.typical, POOLED).share >= 0.05
      ? waitSeen(facts, facts.slow, 'one request in a hundred', 0.4, POOLED)
      : null,
  facts => waitSeen(facts, facts.typical, 'a typical request', 0.3),
  ({ typical, busy, top }) => {
    const own = partOf(typical, OWN)
    const others = partOf(typical, OTHERS)
    const onLoop = own.share + others.share
    const isLittle = own.time + others.time < NOTICEABLE.work && busy < SATURATED
    if (onLoop < 0.5 || isLittle) return null
    return {
      cause: 'own work',
      message: `Its own work limits it: ${share(onLoop)} of a typical request (${value(own.time + others.time, 'µs')}) is work on the event loop, and the main thread ran ${share(busy)} of the time.`,
      advice: ADVICE['own work']!,
      place: top('cpu'),
    }
  },
  ({ typical, p50, p99, top }) => {
    const longest = top('stalls')
    // Requests that are followed take longer, and long turns do not.
    const usual = p50 || typical.latency
    if (!longest || longest.cost < Math.max(0.1 * usual, NOTICEABLE.turns) || p99 < 2 * usual) return null
    return {
      cause: 'long turns',
      message: `Long turns hold the event loop up: a request waits ${value(longest.cost, 'µs')} for them on average, and p99 is ${value(p99, 'µs')} where p50 is ${value(p50, 'µs')}.`,
      advice: 'Split the work, or move it to a worker thread.',
      place: longest,
    }
  },
  facts =>
    facts.slow.latency >= 3 * facts.typical.latency
      ? waitSeen(facts, facts.slow, 'one request in a hundred', 0.5)
      : null,
]

/** @param only the kind of wait to look at; default: the longest */
function waitSeen(
  facts: Facts,
  { parts, latency }: Class,
  who: string,
  least: number,
  only?: string,
): Seen | null {
  const waits = Map.groupBy(
    parts.filter(({ what }) => isWait(what) && (only === undefined || what === only)),
    ({ what }) => what,
  )
  const sums = [...waits].map(([what, own]) => ({
    what,
    place: own[0]!.place,
    time: sum(own.map(({ time }) => time)),
  }))
  const [most] = sums.toSorted((a, b) => b.time - a.time)
  if (!most || most.time < NOTICEABLE.wait || most.time < least * latency) return null
  const cause = causeOf(most.what)
  const because = cause === 'pool' ? queueText(facts) : ''
  return {
    cause,
    message: `${capital(who)} spends ${value(most.time, 'µs')} of its ${value(latency, 'µs')} ${wordsOf(most.what)}${because}.`,
    advice: ADVICE[cause] ?? 'Look at the wait flame.',
    place: most.place,
  }
}

/** How many wait at a time, by Little's law. */
const queueText = ({ rate, typical }: Facts): string => {
  const { time } = partOf(typical, POOLED)
  return rate > 0 && time > 0 ? `; on average, ${digits((rate * time) / 1e6)} requests wait for one` : ''
}

const TASKS: Record<string, string> = {
  files: 'files',
  lookup: 'DNS lookups',
  crypto: 'crypto',
  compression: 'compression',
}

/** Number of libuv's threads that are busy on average. */
const poolBusy = (pool: Pool | undefined): number =>
  pool ? pool.threads * sum(pool.busy.map(({ share }) => share)) : 0

/** What keeps libuv's threads busy. */
function poolText(pool: Pool | undefined): string {
  const [most] = pool?.busy ?? []
  if (!pool || !most) return ''
  return `; ${TASKS[most.kind] ?? most.kind} keeps its ${Math.round(pool.threads)} threads busy ${share(most.share)} of the time`
}

/** What the main thread was blocked in. Without a look from outside, only that it was. */
function blockedBy({ blocking, typical }: Facts, blocked: Pick<Part, 'time' | 'share'>): Omit<Seen, 'place'> {
  const [most] = blocking ?? []
  const extent = `The main thread is blocked for ${share(blocked.share)} of a typical request (${value(blocked.time, 'µs')} of ${value(typical.latency, 'µs')})`
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
    advice: ADVICE.blocked!,
  }
}

/** All that is called so, wherever it is. */
function partOf({ parts }: Class, what: string): Pick<Part, 'time' | 'share'> {
  const own = parts.filter(part => part.what === what)
  return { time: sum(own.map(({ time }) => time)), share: sum(own.map(({ share }) => share)) }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
