/** Killed while it receives, the server has every window that it has accepted. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { decodePprof } from '../../harness/formats/index.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { atLeast, atMost, type Context, type Target } from '../experiment.ts'
import { madeWindow } from './profiles.ts'
import { Server } from './server.ts'

const LONGEST = 300
const EVERYTHING = { service: 'shop', type: 'cpu', from: 0, to: Number.MAX_SAFE_INTEGER }

export async function* kills({ quick, signal }: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-exchange-'))
  const random = seededRandom(1)
  const content = madeWindow(200, 500, 1)
  const times = quick ? 20 : 200
  const accepted = new Set<string>()
  let sent = 0
  let done = 0
  try {
    for (; done < times && !signal.aborted; done++) {
      const server = await new Server(folder).started()
      let isOver = false
      const pushing = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const number = String(sent++)
          if ((await server.push(`shop{number=${number}}`, content)) === 200) accepted.add(number)
        }
      })
      await setTimeout(random() * LONGEST)
      await server.end('SIGKILL')
      isOver = true
      await Promise.all(pushing)
    }
    const { found, damaged } = keptIn(join(folder, 'windows.sqlite'))
    const lost = accepted.difference(found).size
    yield atMost(`${done} kills, ${accepted.size} windows accepted: lost`, lost, 0, String)
    yield atMost(`${found.size} windows found: damaged`, damaged, 0, String)
    yield atLeast('windows accepted', accepted.size, done, String)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function keptIn(file: string): { found: Set<string>; damaged: number } {
  const store = new WindowStore(file, Number.MAX_SAFE_INTEGER)
  let damaged = 0
  const found = new Set<string>()
  for (const { id, labels } of store.windows(EVERYTHING)) {
    found.add(labels.number ?? '')
    try {
      decodePprof(store.content(id)!)
    } catch {
      damaged++
    }
  }
  store.close()
  return { found, damaged }
}
