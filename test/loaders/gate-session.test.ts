/** What the workers of a slice add up to. */
import { expect, it } from 'vitest'
import { Gate } from '../../harness/loaders/gate/gate.ts'
import type { Order } from '../../harness/loaders/gate/messages.ts'
import { GateSession } from '../../harness/loaders/gate/session.ts'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'

/** What each worker tells of an order of one request, in µs. */
const TOLD = [
  { took: 12, busy: 1 },
  { took: 24, busy: 0.25 },
]

it('tells for how much of a slice its busiest worker was busy, and not of an order that was short', async () => {
  const connections = TOLD.length
  const gate = await Gate.open(connections, { host: '127.0.0.1', port: 0 })
  const ask = (message: object) =>
    fetch(`${gate.url}/next`, { method: 'POST', body: JSON.stringify(message) })
  try {
    const working = TOLD.map(async ({ took, busy }, at) => {
      const worker = `worker ${at}`
      const { lane, order } = (await (await ask({ worker })).json()) as Order
      const outcome = { order, took, busy, answers: [{ took: 8, status: 200, bytes: 2 }] }
      await ask({ worker, lane, outcome })
    })
    const script = compileScript({ steps: [get('/')], connections }, {}, 1)
    const options = {
      ...{ url: 'http://127.0.0.1:1', script, seed: 1, timeout: 1_000 },
      load: { connections, pipelining: 1 },
    }
    const session = await new GateSession(gate, options, async () => {}).open()
    const sink = { latency() {}, failed() {}, sent() {} }
    expect(await session.slice({ first: 0, times: 1 }, sink)).toMatchObject({ wall: 24_000, busy: 0.5 })
    await gate.close()
    await Promise.all(working)
  } finally {
    await gate.close()
  }
})
