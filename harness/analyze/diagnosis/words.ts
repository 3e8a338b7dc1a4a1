/** Parts of a request's time as causes, in words, with what to do about them. */
import type { Cause } from '../../model/diagnosis.ts'

export const OWN = '[own work]'
export const OTHERS = "[others' work on the loop]"
export const COLLECTION = '[garbage collection]'
export const PROCESSOR = '[waiting for a processor]'
/** What following a request took: no part of what limits it. */
export const WATCHING = '[followed by Flamegate]'
export const POOLED = '[waiting for a pooled connection]'
export const QUEUE = '[waiting for a thread of the pool]'
export const BLOCKED = '[main thread blocked]'

/** What is not a wait for something outside. */
const WITHIN: Record<string, Cause> = {
  [OWN]: 'own work',
  [OTHERS]: 'own work',
  [COLLECTION]: 'garbage',
  [PROCESSOR]: 'processor',
  [BLOCKED]: 'blocked',
  '[on the way]': 'nothing',
  [WATCHING]: 'nothing',
  '[unexplained]': 'nothing',
  '(rest)': 'nothing',
}

const WAITS: Record<string, Cause> = {
  [POOLED]: 'pool',
  [QUEUE]: 'thread pool',
}

export const causeOf = (what: string): Cause => WITHIN[what] ?? WAITS[what] ?? 'wait'

export const isWait = (what: string): boolean => WITHIN[what] === undefined

/** Work of libuv's threads. Files and `dns.lookup` are theirs too. */
export const isOnPool = (what: string): boolean =>
  what.endsWith(' on the thread pool]') ||
  what === '[waiting for files]' ||
  what === '[waiting for a DNS lookup]'

/** `waiting for a pooled connection` */
export const wordsOf = (what: string): string => what.replace(/^[[(]|[\])]$/g, '')

export const ADVICE: Partial<Record<Cause, string>> = {
  'own work': 'Look at the CPU flame.',
  garbage: 'Look at the allocation flame for what makes so much garbage.',
  processor: 'Find out what else runs on its processors, or give it more of them.',
  blocked: 'Look at the CPU flame for the function that makes a synchronous call.',
  pool: 'Hold connections for a shorter time, or allow more of them.',
  'thread pool':
    'Find out what else uses the thread pool (files, DNS lookups, crypto, compression), or raise UV_THREADPOOL_SIZE.',
  wait: 'Ask for less, ask at the same time, or make the other side faster.',
}
