/** A known change, measured repeatedly by Flamegate and by two common methods in the same minutes. */
import { join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import { duration, percent, signedPercent } from '../harness/words/numbers.ts'
import { type Experiment, turned } from './experiment.ts'
import type { Flags } from './flags.ts'
import { measureInjected } from './live/injected.ts'
import { type Found, type Measurement, type Method, percentOf } from './live/measurement.ts'
import { detection, functions, targetsOf } from './live/summary.ts'
import { alternated, beforeAfter } from './live/today.ts'
import { printTable } from './print.ts'
import { appendResult, openResults, RESUMABLE } from './results.ts'

export interface Settings {
  /** Fractions of extra work. */
  levels: number[]
  /** Runs of every method at each level. */
  runs: number
  /** Milliseconds of one run of Flamegate. */
  maxTime: number
  /** Margin of its gate; by default the scenario's. */
  margin?: string
  /** Seconds of autocannon on each side. */
  beforeAfter: number
  /** Processes on each side, and seconds of each. */
  alternated: { times: number; seconds: number }
  /** Whether the other methods take part. */
  others: boolean
}

const FULL: Settings = {
  levels: [0, 0.02, 0.03, 0.05],
  runs: 10,
  maxTime: 60_000,
  beforeAfter: 10,
  alternated: { times: 5, seconds: 5 },
  others: true,
}

const QUICK: Settings = {
  ...FULL,
  levels: [0, 0.05],
  runs: 1,
  maxTime: 35_000,
  beforeAfter: 3,
  alternated: { times: 3, seconds: 1 },
}

const live: Experiment = {
  shows:
    'What Flamegate and two common methods find in the scenario `injected` on this machine, in two hours (quick: everything once, in three minutes).',
  flags: {
    runs: { value: 'N', help: 'of every method at each level (10)' },
    levels: { value: '0,2,3,5', help: 'extra work, in percent' },
    'max-time': { value: 'SECONDS', help: 'of one run of Flamegate (60)' },
    margin: { value: '1%', help: "of its gate (the scenario's)" },
    'before-after': { value: 'SECONDS', help: 'of autocannon on each side (10)' },
    alternated: { value: '5x5', help: 'processes on each side x seconds of each' },
    'only-slices': { help: 'Flamegate alone' },
    ...RESUMABLE,
  },
  async *run(context) {
    const { flags, quick, signal } = context
    const results = openResults<Settings, Measurement>(context, settingsFrom(flags, quick))
    const { folder, lines } = results
    const settings = { ...results.settings, runs: flags.whole('runs', results.settings.runs) }
    const open = tasks(settings).filter(task => !lines.some(line => isSame(task, line)))
    console.error(`${open.length} measurements; results in ${folder}`)
    for (const task of open) {
      if (signal.aborted) break
      for (const measurement of await perform(task, settings, folder, signal)) {
        appendResult(folder, measurement)
        lines.push(measurement)
        console.error(lineOf(measurement))
      }
    }
    for (const table of [detection(lines), functions(lines)]) if (table.rows.length > 0) printTable(table)
    yield* targetsOf(lines, settings)
  },
}

export default live

/** @throws UsageError that names the flag */
export function settingsFrom(flags: Flags, quick: boolean): Settings {
  const base = quick ? QUICK : FULL
  return {
    levels: levelsFrom(flags.text('levels')) ?? base.levels,
    runs: flags.whole('runs', base.runs),
    maxTime: flags.number('max-time', base.maxTime / 1_000) * 1_000,
    margin: flags.text('margin')?.replace(/^\+/, ''),
    beforeAfter: flags.number('before-after', base.beforeAfter),
    alternated: alternatedFrom(flags.text('alternated')) ?? base.alternated,
    others: !flags.on('only-slices'),
  }
}

function levelsFrom(text: string | undefined): number[] | undefined {
  const levels = text?.split(',').map(part => Number(part.replace('%', '').trim() || Number.NaN) / 100)
  if (levels?.some(level => !(level >= 0 && level <= 10)))
    throw new UsageError(`--levels ${text} is not a list of percentages such as 0,2,5.`)
  return levels && [...new Set(levels)]
}

function alternatedFrom(text: string | undefined): Settings['alternated'] | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+)x(\d+(?:\.\d+)?)$/.exec(text)
  const [times, seconds] = [Number(match?.[1]), Number(match?.[2])]
  if (times >= 2 && seconds > 0) return { times, seconds }
  throw new UsageError(`--alternated ${text}: write 5x5, with two processes or more.`)
}

type Task = Pick<Measurement, 'level' | 'run'> & { method: Exclude<Method, 'by-eye'> }

const isSame = (task: Task, { method, level, run }: Measurement) =>
  task.method === method && task.level === level && task.run === run

/** Every method at every level in each run, so that they meet the same hours; the order turns from run to run. */
function tasks({ levels, runs, others }: Settings): Task[] {
  const methods: Task['method'][] = others ? ['slices', 'before-after', 'alternated'] : ['slices']
  return Array.from({ length: runs }, (_, at) => at + 1).flatMap(run =>
    turned(levels, run).flatMap(level => turned(methods, run).map(method => ({ method, level, run }))),
  )
}

/** One measurement, or the two readings of a before/after; none when interrupted. */
async function perform(
  task: Task,
  settings: Settings,
  folder: string,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const [began, startedAt] = [performance.now(), new Date().toISOString()]
  const found = await measure(task, settings, folder, signal).catch((error): Findings => {
    if (signal.aborted) return {}
    const message = error instanceof Error ? error.message : String(error)
    return { [task.method]: { status: 'failed', estimate: null, low: null, high: null, message } }
  })
  const seconds = (performance.now() - began) / 1_000
  return Object.entries(found).map(([method, one]) => {
    return { ...task, method: method as Method, ...one, seconds, startedAt }
  })
}

type Findings = Partial<Record<Method, Found>>

async function measure(
  { method, level, run }: Task,
  { maxTime, margin, ...settings }: Settings,
  folder: string,
  signal: AbortSignal,
): Promise<Findings> {
  if (method === 'before-after') return beforeAfter(level, settings.beforeAfter, signal)
  if (method === 'alternated') return { alternated: await alternated(level, settings.alternated, signal) }
  const output = join(folder, `injected-${percentOf(level)}-run-${run}`)
  return { slices: await measureInjected(level, { maxTime, margin, output }, signal) }
}

function lineOf({ run, method, level, seconds, ...found }: Measurement): string {
  const { status, estimate, low, high, message = '' } = found
  // A change without its interval reads as a result, even where nothing was decided.
  const range = low !== null && high !== null ? ` (${signedPercent(low)} to ${signedPercent(high)})` : ''
  const change = estimate === null ? message : `${signedPercent(estimate)}${range}`
  return `run ${run}, +${percent(level)}, ${method}: ${status} ${change} (${duration(seconds * 1_000)})`
}
