/** One run of the script on a connection of the open loop: each request follows the response to the one before. */
import type { PlannedRequest, ScriptSession } from '../model/http.ts'
import { TIMED_OUT } from '../model/launch.ts'
import type { Client } from './http/client.ts'
import type { RequestBytes } from './http/request-bytes.ts'
import type { RunningSlice } from './slice.ts'

/** A run of the script that has to be sent. */
export interface Arrival {
  planned: PlannedRequest[]
  /** When the first request is meant to be sent, as `performance.now()`. */
  meant: number
  /** The same in ms of the slice. Computing it from `meant` would lose precision. */
  at: number
  slice: RunningSlice
}

export interface ScriptRun extends Arrival {
  client: Client
  bytes: RequestBytes
  script: ScriptSession
  end(): void
}

export function perform(run: ScriptRun, index = 0): void {
  const { client, bytes, script, planned: all, meant, at, slice, end } = run
  const planned = all[index]
  if (!planned) {
    end()
    return
  }
  const rendered = script.render(planned)
  const request = bytes.of(rendered)
  const sent = performance.now()
  const latency = (now: number) =>
    slice.sink.latency(planned.step, (now - meant) * 1000, (now - sent) * 1000, at)
  client.send({
    request,
    reads: script.reads(planned),
    headOnly: rendered.method === 'HEAD',
    sentAt: sent,
    answered: (response, length) => {
      const now = performance.now()
      latency(sent + slice.latency(length, now - sent))
      const problem = script.receive(planned, response)
      if (problem) slice.unexpected(planned.step, problem, response)
      slice.answered(length)
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
