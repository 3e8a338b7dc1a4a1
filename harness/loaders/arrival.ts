/** One arrival of the open loop: a run of the script on a connection, each request after the answer to the one before. */
import type { HttpRequest, PlannedRequest, ScriptSession } from '../model/http.ts'
import { TIMED_OUT } from '../model/launch.ts'
import type { HttpClient, Message } from './http/exchange.ts'
import type { Serialize } from './http/serializer.ts'
import type { RunningSlice } from './slice.ts'

/** Milliseconds from which on lateness of the generator counts: a request is sent late, or its answer is noticed late. */
export const TOO_LATE = 1

/** A connection, and the script's state on it. */
export interface Lane {
  client: HttpClient
  script: ScriptSession
  busy: boolean
  /** Opened when all others were busy. */
  spare: boolean
}

/** A run of the script that has to be sent. */
export interface Arrival {
  planned: PlannedRequest[]
  /** When the first request is meant to be sent, as `performance.now()`. */
  meant: number
  /** The same in ms of the slice. Computing it from `meant` would lose precision. */
  at: number
  /** The generator was late, now or just before. */
  disturbed?: boolean
  slice: RunningSlice
}

/** A run on a connection. */
interface ScriptRun extends Arrival {
  lane: Lane
  serialize: Serialize
  /** The service's origin. */
  origin: string
  end(): void
}

/** The first request of a step, or one that follows a redirect. */
interface StepRequest {
  rendered: HttpRequest
  message: Message
  /** Redirects and their bytes before it. */
  redirects: number
  bytes: number
  /** When the first one was sent, as `performance.now()`. */
  begunAt: number
}

/** Each request follows the response to the one before. */
export function perform(run: ScriptRun, index = 0): void {
  const planned = run.planned[index]
  if (!planned) {
    run.end()
    return
  }
  const rendered = run.lane.script.render(planned)
  const message = run.serialize(rendered)
  send(run, index, { rendered, message, redirects: 0, bytes: 0, begunAt: performance.now() })
}

function send(run: ScriptRun, index: number, sent: StepRequest): void {
  const { lane, serialize, origin, meant, at, disturbed, slice, end } = run
  const { client, script } = lane
  const planned = run.planned[index]!
  const { rendered, message, redirects, begunAt } = sent
  const latency = (now: number, unsure?: number, began?: number) =>
    slice.sink.latency(planned.step, (now - meant) * 1000, {
      uncorrected: (now - begunAt) * 1000,
      at,
      ...(began !== undefined && { firstByte: (began - meant) * 1000 }),
      ...(unsure !== undefined && { unsure: unsure * 1000 }),
      disturbed: disturbed || (unsure ?? 0) > TOO_LATE,
    })
  client.send({
    request: message,
    reads: script.reads(planned),
    headOnly: rendered.method === 'HEAD',
    events: script.events(planned),
    sentAt: redirects === 0 ? begunAt : performance.now(),
    answered: (response, length, began) => {
      const now = performance.now()
      const bytes = sent.bytes + length
      const { milliseconds, unsure } = slice.latency(length, now - begunAt)
      if (response.status >= 300) {
        const hop = { request: rendered, response, origin, followed: redirects }
        const next = script.follow(planned, hop)
        if (next) {
          const followed = { rendered: next, message: serialize(next), redirects: redirects + 1, bytes }
          send(run, index, { ...followed, begunAt })
          return
        }
      }
      latency(begunAt + milliseconds, unsure, began)
      const problem = script.receive(planned, response)
      if (problem) slice.unexpected(planned.step, problem, response)
      slice.answered(bytes)
      perform({ ...run, meant: now, at: at + now - meant }, index + 1)
    },
    lost: reason => {
      if (reason === TIMED_OUT) latency(performance.now())
      lose(run, index, reason)
      end()
    },
  })
}

/** Loses the request of this index, and those that would have followed it. */
export function lose({ planned, slice }: Arrival, index: number, reason: string): void {
  slice.lost(planned[index]!.step, reason, reason === TIMED_OUT)
  for (const { step } of planned.slice(index + 1))
    slice.lost(step, 'an earlier request of its run was lost', true)
}
