/** The scenario `injected` again and again: is its one function found, as large as it is, and nothing where nothing is? */
import { basename, dirname, join } from 'node:path'
import { conclude } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { FrameChange } from '../../harness/model/report.ts'
import { readRecord } from '../../harness/store/index.ts'
import { INJECTED, measureInjected } from '../live/injected.ts'
import { percentOf } from '../live/measurement.ts'
import { share, type Target } from './target.ts'

const LEVEL = 0.05

/** One run: its functions, and what a request of the service costs without the extra, in µs. */
interface Run {
  rows: FrameChange[]
  cost: number
}

/** Measures both levels in turn, and keeps the records in `folder`. */
export async function repeatInjected(
  folder: string,
  runs: number,
  maxTime: number,
  signal: AbortSignal,
): Promise<Record<'changed' | 'same', string[]>> {
  const records = { changed: [] as string[], same: [] as string[] }
  for (let run = 1; run <= runs && !signal.aborted; run++)
    for (const level of [LEVEL, 0]) {
      const output = join(folder, `injected-${percentOf(level)}-run-${run}`)
      const { status, estimate, rank } = await measureInjected(level, { maxTime, output }, signal)
      const change = estimate === null ? '' : `${(estimate * 100).toFixed(1)} %`
      console.error(
        `injected +${percentOf(level)} %, run ${run}: ${status} ${change}, rank ${rank ?? 'none'}`,
      )
      records[level === LEVEL ? 'changed' : 'same'].push(join(output, 'record.json'))
    }
  return records
}

export async function injectedTargets(records: Record<'changed' | 'same', string[]>): Promise<Target[]> {
  const [changed, same] = await Promise.all([read(records.changed), read(records.same)])
  const row = ({ rows }: Run) => rows.find(it => it.function === INJECTED)
  const largest = ({ rows }: Run) =>
    rows.toSorted((a, b) => Math.abs(b.change.estimate) - Math.abs(a.change.estimate))[0]
  const ratios = changed.flatMap(run => {
    const found = row(run)
    return found ? [(found.after - found.before) / (LEVEL * run.cost)] : []
  })
  const middle = ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN
  const extra = `at +${percentOf(LEVEL)} %`
  return [
    share(
      `${extra} the injected function is the first row by change`,
      changed.map(run => largest(run)?.function === INJECTED),
      0.95,
    ),
    share(
      `${extra} the injected function is significant`,
      changed.map(run => row(run)?.significant === true),
      0.9,
    ),
    {
      what: `${extra} its change is within 25 % of the truth at the median`,
      found: `${middle.toFixed(2)} of the truth`,
      met: Math.abs(middle - 1) <= 0.25,
    },
    share(
      'at 0 % no function is significant',
      same.map(({ rows }) => !rows.some(({ significant }) => significant)),
      0.95,
    ),
  ]
}

async function read(paths: string[]): Promise<Run[]> {
  const { metrics } = await loadCapabilities()
  const runs: Run[] = []
  for (const path of paths) {
    const { analysis } = conclude(await readRecord(path), metrics)
    const cost = analysis.comparisons.find(({ metric }) => metric === 'cpu.perRequest')?.before ?? Number.NaN
    runs.push({ rows: analysis.frames.filter(({ collector }) => collector === 'cpu'), cost })
  }
  return runs
}

/** Where the records of earlier runs lie: results may have been moved with their folder. */
export const movedTo = (folder: string, record: string): string =>
  join(folder, basename(dirname(record)), basename(record))
