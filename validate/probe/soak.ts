/** A long time under load, with a capture every minute: nothing may grow. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openFiles, residentMemory, threadsOf } from '../../harness/kernel/processes.ts'
import { median } from '../../harness/stats/describe.ts'
import { value } from '../../harness/words/numbers.ts'
import { atLeast, atMost, type Context, type Target } from '../experiment.ts'
import { Service } from './service.ts'

const STORE = 4 * 2 ** 20
const OPTIONS = {
  continuous: { window: '10s' },
  limits: { capture: '10s', cooldown: '1s', perDay: 10_000 },
}
/** Requests per second, and ms between two looks at the process. */
const RATE = 300
const EVERY = 5_000
const MINUTE = 60_000
/** How much more memory the last third may have than the second, as a share: what the heap of a service under load moves by itself. */
const GROWTH = 0.05

interface Look {
  handles: number
  threads: number
  resident: number
  stored: number
}

export async function* soak({ flags, quick, signal }: Context): AsyncGenerator<Target> {
  const minutes = flags.whole('minutes', quick ? 2 : 60)
  const service = new Service({ ...OPTIONS, store: { keep: '4MiB' } })
  await service.started()
  const stop = service.load(number => (number % 50 === 0 ? '/slow' : '/'), RATE)
  const looks: Look[] = []
  const captures = new Set<string>()
  const began = performance.now()
  for (let asked = 0; performance.now() - began < minutes * MINUTE && !signal.aborted; ) {
    await setTimeout(EVERY)
    looks.push(lookAt(service))
    for (const name of service.names()) if (name.endsWith('-before.pb.gz')) captures.add(name)
    if (performance.now() - began < asked * MINUTE) continue
    asked++
    process.kill(service.pid, 'SIGUSR2')
  }
  await stop()
  await service.end()
  service.remove()
  const third = Math.floor(looks.length / 3)
  const [second, last] = [looks.slice(third, -third), looks.slice(-third)]
  const most = (of: Look[], field: keyof Look) => Math.max(...of.map(look => look[field]))
  yield atMost(
    `${minutes} min: open files at the end`,
    most(last, 'handles'),
    most(second, 'handles'),
    String,
  )
  yield atMost('threads at the end', most(last, 'threads'), most(second, 'threads'), String)
  const [before, after] = [second, last].map(of => median(of.map(({ resident }) => resident)))
  yield atMost('resident memory at the end', after!, before! * (1 + GROWTH), bytes => value(bytes, 'bytes'))
  yield atMost('most that the store had', most(looks, 'stored'), STORE, bytes => value(bytes, 'bytes'))
  yield atLeast('captures', captures.size, minutes - 1, String)
}

function lookAt(service: Service): Look {
  const { pid } = service
  return {
    handles: openFiles(pid),
    threads: threadsOf(pid).length,
    resident: residentMemory(pid),
    stored: service.names().reduce((sum, name) => sum + sizeOf(join(service.store, name)), 0),
  }
}

/** Zero where it has just been removed to keep the limit. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}
