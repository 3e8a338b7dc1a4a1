/** Windows of two versions, at different rates: does `diff` find the function that does more, and nothing where nothing is different? */
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../harness/evidence/index.ts'
import { readProfiles } from '../../harness/store/index.ts'
import { atLeast, type Context, type Target } from '../experiment.ts'
import { startInjected } from '../injected-service.ts'
import { INJECTED } from '../live/injected.ts'
import { poissonLoad } from '../poisson-load.ts'

const CARRIED = join(import.meta.dirname, 'carried.cjs')

/** Windows of each side, each of a process of its own, as in a fleet; and ms of one. */
const PROCESSES = 6
const WINDOW = 10_000
/** What each side serves: requests per second, and per cent of more work in one function. */
const SIDES = {
  before: { rate: 225, inject: 0 },
  again: { rate: 300, inject: 0 },
  after: { rate: 300, inject: 5 },
}
const ENOUGH = 0.95

interface Side {
  folder: string
  rate: number
  inject: number
}

export async function* windows({ flags, folder, quick, signal }: Context): AsyncGenerator<Target> {
  const runs = quick ? 1 : flags.whole('runs', 20)
  const found = { changed: 0, same: 0 }
  let done = 0
  for (; done < runs && !signal.aborted; done++) {
    const place = join(folder, `windows-${done + 1}`)
    const sides = Object.entries(SIDES).map(([name, side]) => ({ ...side, folder: join(place, name) }))
    for (let process = 1; process <= PROCESSES && !signal.aborted; process++)
      await Promise.all(sides.map((side, at) => record(side, process, PROCESSES * at + process)))
    if (signal.aborted) break
    const [before, again, after] = sides.map(side => side.folder) as [string, string, string]
    const [changed, same] = [await rowsOf(before, after), await rowsOf(before, again)]
    if (changed[0]?.name === INJECTED && changed[0].significant) found.changed++
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

/** Keeps the second window of a new process. In the first one, code is compiled. */
async function record({ folder, rate, inject }: Side, process: number, seed: number): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'flamegate-windows-'))
  const continuous = { window: `${WINDOW}ms`, interval: '1ms' }
  const options = { service: 'injected', continuous, triggers: false, store: { folder: store } }
  const { url, child } = await startInjected(CARRIED, {
    INJECT: String(inject),
    PROBE: JSON.stringify(options),
  })
  try {
    // A window closes a little late.
    await poissonLoad(url, { path: '/orders', rate, duration: 2.1 * WINDOW, seed })
    const all = readdirSync(store, { recursive: true, encoding: 'utf8' })
    const second = all.filter(name => name.endsWith('.pb.gz')).toSorted()[1]
    if (second === undefined) throw new Error('The probe has not written its second window.')
    mkdirSync(folder, { recursive: true })
    cpSync(join(store, second), join(folder, `${process}.pb.gz`))
  } finally {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(store, { recursive: true, force: true })
  }
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
