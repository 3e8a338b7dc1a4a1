/** Killed at random moments, a service leaves only whole files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readProfile } from '../../harness/formats/index.ts'
import { windowOf } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { atMost, type Context, type Target } from '../experiment.ts'
import { Service } from './service.ts'

/** Windows as short as they can be, so that one is being written nearly always. */
const OPTIONS = { continuous: { window: '20ms', interval: '1ms' } }
const LONGEST = 1_500

export async function* kills({ quick, signal }: Context): AsyncGenerator<Target> {
  const random = seededRandom(1)
  const times = quick ? 10 : 50
  let [files, damaged, done] = [0, 0, 0]
  for (; done < times && !signal.aborted; done++) {
    const service = await new Service(OPTIONS).started()
    const stop = service.load(() => '/', 200)
    await setTimeout(300 + random() * LONGEST)
    await service.end('SIGKILL')
    await stop()
    for (const name of service.names()) {
      files++
      if (!isWhole(join(service.store, name))) damaged++
    }
    service.remove()
  }
  yield atMost(`${done} kills, ${files} files: damaged`, damaged, 0, String)
  yield { name: 'files were written', value: String(files), bound: `at least ${done}`, met: files >= done }
}

function isWhole(path: string): boolean {
  try {
    return windowOf(readProfile(readFileSync(path)).profile) !== undefined
  } catch {
    return false
  }
}
