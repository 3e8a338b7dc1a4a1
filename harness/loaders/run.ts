/** One run of the script on one connection of the open loop: each request once the one before it has its answer. */
import type { Ask, ScriptSession } from '../model/requests.ts'
import { type Burst, TIMED_OUT } from './burst.ts'
import type { Slot } from './slot.ts'

export interface Run {
  slot: Slot
  session: ScriptSession
  asks: Ask[]
  /** When the first request is meant to be sent, as `performance.now()`; the others follow at once. */
  meant: number
  /** The same in ms of the slice, without what is lost by adding its begin and taking it away again. */
  at: number
  burst: Burst
  end(): void
}

export function perform(run: Run, index = 0): void {
  const { slot, session, asks, meant, at, burst, end } = run
  const ask = asks[index]
  if (!ask) {
    end()
    return
  }
  const sent = performance.now()
  const latency = (now: number) => burst.sink.latency(ask.step, (now - meant) * 1000, (now - sent) * 1000, at)
  slot.send({
    request: session.render(ask),
    reads: session.reads(ask),
    done: ({ answer, bytes }) => {
      const now = performance.now()
      latency(sent + burst.latency(bytes, now - sent))
      const problem = session.receive(ask, answer)
      if (problem) burst.unexpected(ask.step, problem, answer.status, answer.body)
      burst.answered(bytes)
      perform({ ...run, meant: now, at: at + now - meant }, index + 1)
    },
    lost: reason => {
      const timedOut = reason === TIMED_OUT
      if (timedOut) latency(performance.now())
      burst.lost(ask.step, reason, timedOut)
      // What would have followed has nothing to build on.
      for (const { step } of asks.slice(index + 1))
        burst.lost(step, 'an earlier request of its run was lost', true)
      end()
    },
  })
}
