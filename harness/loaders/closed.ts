/** Closed loop: every connection asks for the next step as soon as it has its answer, within a slice. */
import autocannon from 'autocannon'
import type { Loader, LoadOptions, LoadSession, Sink, SliceLoad, SliceOrder } from '../model/capabilities.ts'
import type { ScriptSession } from '../model/requests.ts'
import { Burst } from './burst.ts'
import { Gate } from './gate.ts'
import { Pacer } from './pacer.ts'
import { begun, duringSetup } from './setup.ts'

/** Ended by `close`, not by time; autocannon wants a number of seconds. */
const FOREVER = 24 * 3600

/** Answers alone say when the next request is sent. */
const UNPACED = { times: new Float64Array(), begin: 0, send() {}, waiting: () => true }

class ClosedSession implements LoadSession {
  readonly #sessions: ScriptSession[] = []
  readonly #gates: Gate[] = []
  readonly #instance: ReturnType<typeof autocannon>

  constructor({ url, socket, script, load, timeout }: LoadOptions) {
    const { connections, pipelining } = load
    // autocannon knows whole seconds.
    const seconds = Math.ceil(timeout / 1000)
    this.#instance = autocannon(
      {
        url,
        ...(socket !== undefined && { socketPath: socket }),
        connections,
        pipelining,
        duration: FOREVER,
        timeout: seconds,
        setupClient: client => {
          const session = script.session(this.#gates.length)
          const options = { session, pipelining, host: new URL(url).host, timeout: seconds * 1000 }
          this.#sessions.push(session)
          this.#gates.push(new Gate(client, options))
        },
        excludeErrorStats: false,
      },
      () => {},
    )
    for (const gate of this.#gates) gate.takeOver()
  }

  async setUp(): Promise<void> {
    if (this.#sessions.every(({ setup }) => setup.length === 0)) return
    await duringSetup(sink => this.#run(({ setup }) => setup, sink))
  }

  slice({ first, times }: SliceOrder, sink: Sink): Promise<SliceLoad> {
    return this.#run(session => session.asks(first, times), sink)
  }

  async close(): Promise<void> {
    for (const gate of this.#gates) gate.destroy()
    this.#instance.stop()
  }

  #run(
    asksOf: (session: ScriptSession) => ReturnType<ScriptSession['asks']>,
    sink: Sink,
  ): Promise<SliceLoad> {
    let requests = 0
    this.#gates.forEach((gate, i) => {
      const asks = asksOf(this.#sessions[i]!)
      requests += asks.length
      gate.prepare(asks)
    })
    return new Promise((resolve, reject) => {
      const burst = new Burst(requests, this.#gates.length, sink, failure => {
        pacer.stop()
        for (const gate of this.#gates) gate.close()
        if (failure) reject(failure)
        else resolve({ ...burst.load, spun: pacer.spun * 1e6 })
      })
      const pacer = new Pacer({ ...UNPACED, left: () => burst.left })
      burst.hearing = pacer
      pacer.start()
      for (const gate of this.#gates) gate.open(burst)
    })
  }
}

const closed: Loader = {
  name: 'closed',
  open(options) {
    const session = new ClosedSession(options)
    return begun(session, () => session.setUp())
  },
}

export default closed
