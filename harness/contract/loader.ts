import assert from 'node:assert/strict'
import type { Loader, Sink } from '../model/capabilities.ts'
import { get } from '../scenario/write.ts'
import { compileScript } from '../script/index.ts'
import { type Check, check } from './check.ts'

/** Answers 200 to `GET /`, and 404 to `GET /status/404`. */
export interface LoaderServer {
  /** Its origin, for example `http://127.0.0.1:41234`. */
  url: string
  /** Requests that it has answered. */
  answered(): number | Promise<number>
  stop(): unknown
}

const CONNECTIONS = 3

/** @param serve starts a server; each check has its own */
export function loaderContract(loader: Loader, serve: () => Promise<LoaderServer>): Check[] {
  async function slice(path: string, times: number) {
    const server = await serve()
    const script = compileScript({ steps: [get(path)], connections: CONNECTIONS }, {}, 7)
    const load = { connections: CONNECTIONS, pipelining: 1 }
    const session = await loader.open({ url: server.url, script, load, seed: 7, timeout: 2_000 })
    const latencies: number[] = []
    const failures: string[] = []
    const sink: Sink = {
      latency: (_step, microseconds) => latencies.push(microseconds),
      failed: (_step, kind) => failures.push(kind),
    }
    try {
      const result = await session.slice({ first: 0, times }, sink)
      return { result, latencies, failures, answered: await server.answered() }
    } finally {
      await session.close()
      await server.stop()
    }
  }
  return [
    check('sends the script the ordered number of times on each connection, and no more', async () => {
      const { result, answered } = await slice('/', 5)
      assert.equal(answered, 5 * CONNECTIONS)
      assert.equal(result.requests, 5 * CONNECTIONS)
      assert.equal(result.errors + result.unexpected, 0)
      assert.ok(result.wall > 0 && result.bytes > 0)
    }),
    check('reports a latency for each answer', async () => {
      const { latencies } = await slice('/', 5)
      assert.equal(latencies.length, 5 * CONNECTIONS)
      for (const microseconds of latencies) assert.ok(microseconds > 0 && microseconds < 2e6)
    }),
    check('reports an answer with an unexpected status as a failure, and counts it', async () => {
      const { result, failures } = await slice('/status/404', 2)
      assert.equal(result.unexpected, 2 * CONNECTIONS)
      assert.equal(failures.length, 2 * CONNECTIONS)
    }),
  ]
}
