/** The open loop when answers come later than arrivals. */
import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import open from '../../harness/loaders/open.ts'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'

it('uses a session of the script for each run in flight on a shared connection, and no more', async () => {
  const held: (() => void)[] = []
  const release = () => {
    for (const answer of held.splice(0)) answer()
  }
  const arrivals = 30
  const server = createServer((_, response) => {
    held.push(() => response.end('ok'))
    if (held.length === arrivals) release()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo

  /** One session is the serializer's. */
  const most = arrivals + 1
  let sessions = 0
  const script = compileScript({ steps: [get('/')], connections: 2 }, {}, 1)
  const counting = {
    ...script,
    session: (connection: number) => {
      sessions++
      return script.session(connection)
    },
  }
  const load = { connections: 2, pipelining: 1, protocol: 'http/2' as const, arrivals: 'constant' as const }
  const url = `http://127.0.0.1:${port}`
  const session = await open.open({ url, script: counting, load, seed: 1, timeout: 10_000 })
  try {
    const phases = [{ from: 300, to: 300, duration: 100 }]
    const spec = { first: 0, times: arrivals / 2, phases }
    const sink = { latency() {}, failed() {} }
    expect(await session.slice(spec, sink)).toMatchObject({ requests: arrivals, errors: 0 })
    expect(sessions).toBe(most)
    await session.slice({ ...spec, first: arrivals }, sink)
    expect(sessions).toBe(most)
  } finally {
    await session.close()
    server.close()
  }
})
