/**
 * What the gate and the workers of a load engine say to each other, as JSON. A worker posts `Message` to `/next`, which is answered
 * with its next `Order` (200), with nothing yet, so that it asks again (204), or with the end (410).
 */
import { sum } from '../../stats/describe.ts'

/** A request of an order, as a worker has to send it. */
export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  /** Base64. */
  body?: string
  /** Whether the worker must send the answer back, and not only its status. */
  read?: true
}

/** Requests that a worker sends one after the other, as fast as they are answered. */
export interface Order {
  /** The worker's number, given to it with its first order. */
  lane: number
  order: number
  /** Origin of the target. */
  base: string
  /** Milliseconds until a request counts as timed out. */
  timeout: number
  /** Milliseconds between the beginnings of two of its requests, whichever order they belong to, at least. */
  every?: number
  requests: Asked[]
}

/** An answer to one of the requests. */
export interface Answered {
  /** µs since it was sent. */
  took: number
  status: number
  bytes: number
  /** Names and values in turn, and base64; only where the request says `read`. */
  headers?: string[]
  body?: string
}

/** What became of an order. */
export interface Outcome {
  order: number
  /** µs from the first request to the last answer, by the worker's own clock. */
  took: number
  /** Share of that time in which the worker itself was busy, if it knows. */
  busy?: number
  /** To the first requests of the order, all of them unless one was lost. */
  answers: Answered[]
  /** What became of the request after those: it was lost, and the rest were not sent. */
  lost?: string
}

export interface Message {
  worker: string
  /** Absent: it has none yet. */
  lane?: number
  outcome?: Outcome
  /** It will not ask again, so somebody else can have its lane. */
  leaves?: true
}

/** How much more than it can be a time may seem, as a share and in µs: clocks are not equal, and some engines count in whole ms. */
const TOLERANCE = { share: 0.05, least: 4_000 }

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws Error when it is not a message */
export function messageFrom(text: string): Message {
  const value: unknown = JSON.parse(text)
  if (!isObject(value) || typeof value.worker !== 'string') throw new Error('it names no worker')
  const { worker, lane, outcome, leaves } = value
  if (lane !== undefined && !isWhole(lane)) throw new Error('its lane is not a number')
  if (outcome !== undefined && !isObject(outcome)) throw new Error('its outcome is not an object')
  // What an outcome holds is checked against its order.
  return {
    worker,
    ...(lane !== undefined && { lane }),
    ...(outcome && { outcome: outcome as never }),
    ...(leaves === true && { leaves }),
  }
}

/**
 * What is wrong with the outcome of an order, if anything is.
 *
 * @param elapsed µs between the order and its outcome, by the gate's clock
 */
export function wrongIn(outcome: Outcome, order: Order, elapsed: number): string | undefined {
  const { answers, took, busy, lost } = outcome
  if (!Array.isArray(answers) || !isTime(took)) return 'its outcome lacks answers or their time'
  if (lost !== undefined && typeof lost !== 'string') return 'it does not say as text what was lost'
  if (busy !== undefined && !(isTime(busy) && busy <= 1)) return 'its busy share is not between 0 and 1'
  const expected = order.requests.length
  const told = answers.length + (lost === undefined ? 0 : 1)
  if (lost === undefined ? told !== expected : told > expected)
    return `it was asked for ${expected} requests and tells of ${told}`
  const damaged = answers.findIndex(answer => !isAnswer(answer))
  if (damaged >= 0) return `answer ${damaged + 1} lacks its time, status or size`
  const waited = sum(answers.map(answer => answer.took))
  if (waited > atMost(took)) return `its requests took ${ms(waited)} in ${ms(took)}`
  if (took > atMost(elapsed)) return `it says that it took ${ms(took)}, and it was asked ${ms(elapsed)} ago`
  return undefined
}

const isAnswer = ({ took, status, bytes }: Answered): boolean =>
  isTime(took) && isWhole(bytes) && isWhole(status) && status >= 100 && status <= 599

const atMost = (time: number): number => time * (1 + TOLERANCE.share) + TOLERANCE.least
const ms = (µs: number): string => `${(µs / 1_000).toFixed(1)} ms`
