/** Whether what is rare, and what blocks the loop, is in the files of its capture. */

import { atLeast, type Context, type Target } from '../experiment.ts'
import { printTable, tableOf } from '../print.ts'
import { hottest, Service } from './service.ts'

/** Without the watch on the loop, which would catch it too. */
const SLOW = { triggers: { p99: '40ms', loopDelay: false } }
const RATE = 600
const SLOW_EVERY = 1_000
const PATIENCE = 90_000

/** The function that must be first in each way to be stuck. */
const WAYS: Record<string, string> = {
  loop: 'stuckInJavaScript',
  regex: 'stuckInRegex',
  json: 'stuckInJson',
  sync: 'stuckInSync',
}

interface Caught {
  what: string
  /** Functions of each run's file, the hottest first. */
  runs: string[][]
  right: number
}

export async function* caught({ quick, signal }: Context): AsyncGenerator<Target> {
  const slow = await slowRequests(quick ? 3 : 20, signal)
  yield atLeast('slowPath is first among slow requests', slow.right, slow.runs.length, String)
  const all = [slow]
  for (const [way, wanted] of Object.entries(WAYS)) {
    const stuck = await stuckLoops(way, wanted, quick ? 1 : 5, signal)
    all.push(stuck)
    yield atLeast(`stuck, ${way}: the function is first`, stuck.right, stuck.runs.length, String)
  }
  printTable(
    tableOf('First functions of each capture', all, {
      what: ({ what }) => what,
      right: ({ right, runs }) => `${right} of ${runs.length}`,
      found: ({ runs }) => [...new Set(runs.map(names => names.slice(0, 2).join(' > ')))].join('; '),
    }),
  )
}

async function slowRequests(times: number, signal: AbortSignal): Promise<Caught> {
  const runs: string[][] = []
  for (let run = 0; run < times && !signal.aborted; run++) {
    const service = await new Service(SLOW).started()
    const stop = service.load(number => (number % SLOW_EVERY === SLOW_EVERY - 1 ? '/slow' : '/'), RATE)
    const kept = await service.keeps('slow', PATIENCE)
    await stop()
    await service.end()
    service.remove()
    runs.push(kept ? hottest(kept.profile) : [])
  }
  return { what: 'one request in 1,000', runs, right: runs.filter(([first]) => first === 'slowPath').length }
}

async function stuckLoops(way: string, wanted: string, times: number, signal: AbortSignal): Promise<Caught> {
  const runs: string[][] = []
  for (let run = 0; run < times && !signal.aborted; run++) {
    const service = await new Service({ continuous: { window: '1s' } }).started()
    const stop = service.load(() => '/', 50)
    // Then the probe is there.
    await service.keeps('window', PATIENCE)
    await service.get(`/stuck/${way}`)
    const kept = await service.keeps('stall', PATIENCE)
    await stop()
    await service.end()
    service.remove()
    runs.push(kept ? hottest(kept.profile) : [])
  }
  return { what: `stuck, ${way}`, runs, right: runs.filter(([first]) => first === wanted).length }
}
