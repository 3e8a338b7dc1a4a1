/** One run of the script on one connection of the open loop: each request once the one before it has its answer. */
import type { Ask, ScriptSession } from '../model/requests.ts'
import { type Burst, TIMED_OUT } from './burst.ts'
import type { Wire } from './http1.ts'
import type { Line } from './line.ts'

export interface Run {
  line: Line
  wire: Wire
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
  const { line, wire, session, asks, meant, at, burst, end } = run
  const ask = asks[index]
  if (!ask) {
    end()
    return
  }
  const request = session.render(ask)
  const bytes = wire.bytes(request)
  const sent = performance.now()
  const latency = (now: number) => burst.sink.latency(ask.step, (now - meant) * 1000, (now - sent) * 1000, at)
  line.ask({
    request: bytes,
    reads: session.reads(ask),
    headOnly: request.method === 'HEAD',
    sentAt: sent,
    answered: (answer, length) => {
      const now = performance.now()
      latency(sent + burst.latency(length, now - sent))
      const problem = session.receive(ask, answer)
      if (problem) burst.unexpected(ask.step, problem, answer)
      burst.answered(length)
      perform({ ...run, meant: now, at: at + now - meant }, index + 1)
    },
    lost: reason => {
      if (reason === TIMED_OUT) latency(performance.now())
      lose(run, index, reason)
      end()
    },
  })
}

/** The request of this index is lost, and what would have followed has nothing to build on. */
export function lose({ asks, burst }: Pick<Run, 'asks' | 'burst'>, index: number, reason: string): void {
  burst.lost(asks[index]!.step, reason, reason === TIMED_OUT)
  for (const { step } of asks.slice(index + 1))
    burst.lost(step, 'an earlier request of its run was lost', true)
}
