/** A thousand windows a minute on one core, a hundred thousand in the store, and pages that come at once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { residentMemory } from '../../harness/kernel/processes.ts'
import { decode, pack } from '../../harness/serve/decoded.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { duration, value } from '../../harness/words/numbers.ts'
import { atMost, type Context, type Target } from '../experiment.ts'
import { madeWindow } from './profiles.ts'
import { Server } from './server.ts'

/** Milliseconds. */
const MINUTE = 60_000
const RECEIVED = 1_000
const KEPT = 100_000
const PAGE = 2_000
const MEMORY = 512 * 2 ** 20

export async function* volume({ quick, signal }: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-exchange-'))
  try {
    const large = Array.from({ length: 10 }, (_, seed) => madeWindow(3_000, 9_000, seed))
    console.log(`a window has ${value(large[0]!.length, 'bytes')}`)
    fill(join(folder, 'windows.sqlite'), quick ? KEPT / 10 : KEPT)
    const server = await new Server(folder, ['--keep', '20000']).started()
    try {
      const count = quick ? 100 : RECEIVED
      const began = performance.now()
      let refused = 0
      for (let at = 0; at < count && !signal.aborted; at++) {
        const name = `shop{version=${at < count / 2 ? '1.4' : '1.5'}}`
        if ((await server.push(name, large[at % large.length]!)) !== 200) refused++
      }
      // One after the other, so at most one core is busy with them.
      const time = (performance.now() - began) * (RECEIVED / count)
      yield atMost(`${count} windows pushed: refused`, refused, 0, String)
      yield atMost('a thousand windows', time, MINUTE, duration)
      const list = await server.get('/')
      yield atMost('the list of services', list.time, PAGE, duration)
      const diff = await server.get('/diff?service=shop&type=cpu&before.version=1.4&after.version=1.5')
      yield atMost('a difference of 60 and 60 windows', diff.time, PAGE, duration)
      yield atMost('memory afterwards', residentMemory(server.pid), MEMORY, bytes => value(bytes, 'bytes'))
    } finally {
      await server.end('SIGTERM')
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Small windows of many services, put in without a server. */
function fill(file: string, count: number): void {
  const store = new WindowStore(file, Number.MAX_SAFE_INTEGER)
  const content = madeWindow(20, 20, 1)
  const packed = pack(decode(content))
  for (let at = 0; at < count; at++)
    store.add(
      {
        service: `service${at % 20}`,
        version: `1.${at % 7}`,
        type: 'cpu',
        labels: { pod: String(at % 5) },
        startedAt: at * 1_000,
        duration: 60_000,
        requests: null,
      },
      content,
      packed,
    )
  store.close()
}
