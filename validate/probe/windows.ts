/** Windows of two versions, at different rates: does `diff` find the function that does more, and nothing where nothing is different? */
import { cpSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../harness/evidence/index.ts'
import { readProfiles } from '../../harness/store/index.ts'
import { atLeast, type Context, type Target } from '../experiment.ts'
import { Service } from './service.ts'

/** Windows of each side, and ms of one. */
const WINDOWS = 6
const WINDOW = 10_000
/** Requests per second of the two sides. */
const RATES = [900, 1_200] as const
/** Milliseconds in which code is compiled before the windows that count. */
const WARM = 5_000
const ENOUGH = 0.95

export async function* windows({ flags, folder, quick, signal }: Context): AsyncGenerator<Target> {
  const runs = quick ? 1 : flags.whole('runs', 20)
  const found = { changed: 0, same: 0 }
  let done = 0
  for (; done < runs && !signal.aborted; done++) {
    const place = join(folder, `windows-${done + 1}`)
    const [before, again, after] = [
      await recorded(join(place, 'before'), RATES[0], 0, signal),
      await recorded(join(place, 'again'), RATES[1], 0, signal),
      await recorded(join(place, 'after'), RATES[1], 5, signal),
    ]
    if (signal.aborted) break
    const [changed, same] = [await rowsOf(before, after), await rowsOf(before, again)]
    if (changed[0]?.name === 'injectedWork' && changed[0].significant) found.changed++
    if (same.every(({ significant }) => !significant)) found.same++
    console.log(`${done + 1}: +5 % ${changed[0]?.name}, ${same.filter(row => row.significant).length} in A/A`)
  }
  yield atLeast(
    '+5 %: the function is first and significant',
    found.changed,
    Math.floor(ENOUGH * done),
    String,
  )
  yield atLeast('A/A: nothing is significant', found.same, Math.floor(ENOUGH * done), String)
}

/** Six windows of a service. @returns their folder */
async function recorded(folder: string, rate: number, inject: number, signal: AbortSignal): Promise<string> {
  const options = { continuous: { window: `${WINDOW}ms`, interval: '1ms' }, triggers: false }
  const service = await new Service(options, { INJECT: String(inject) }).started()
  const stop = service.load(() => '/', rate)
  try {
    await setTimeout(WARM, undefined, { signal })
    // The first one has the time before that.
    while (service.names().length < WINDOWS + 1) await setTimeout(100, undefined, { signal })
  } catch {
    // It was interrupted.
  }
  await stop()
  await service.end()
  mkdirSync(folder, { recursive: true })
  for (const name of service.names().slice(1, WINDOWS + 1))
    cpSync(join(service.store, name), join(folder, basename(name)))
  service.remove()
  return folder
}

/** Functions by their change per request, the largest first. */
async function rowsOf(before: string, after: string) {
  const side = async (folder: string) => withoutIdle({ label: folder, files: await readProfiles(folder) })
  const request = { before: await side(before), after: await side(after) }
  const { analysis } = diffProfiles(evidenceOfProfiles(request), request)
  return analysis.frames
    .filter(({ collector }) => collector === 'Per request')
    .map(row => ({ name: row.function, change: row.change.estimate, significant: row.significant }))
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
}
