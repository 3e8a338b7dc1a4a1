/**
 * What Flamegate finds on this machine: the scenario `injected` with a known truth, again and again, beside two ways in
 * which people compare services today, in the same minutes.
 *
 *   npm run validate:live              4 levels × 10 runs, about two hours
 *   npm run validate:live -- --quick   everything once, in less than three minutes
 *   npm run validate:live -- --resume  go on where the last one was interrupted
 *
 * Exits with 1 when a target is missed, 130 when interrupted. Every outcome is kept as soon as it is there.
 */
import { join } from 'node:path'
import { type Found, type Method, type Outcome, percentOf } from './live/outcome.ts'
import { type Asked, HELP, readSettings, type Settings } from './live/settings.ts'
import { slices } from './live/slices.ts'
import { detection, functions, missedTargets } from './live/summary.ts'
import { alternated, beforeAfter } from './live/today.ts'
import { appendResult, newestResults, resumeResults, startResults } from './results.ts'
import { printTable } from './statistics/table.ts'

const FOLDER = join(import.meta.dirname, '..', '.bench', 'validate-live')

try {
  const asked = readSettings(process.argv.slice(2))
  if (asked.help) console.log(HELP)
  else process.exitCode = await validate(asked)
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}

async function validate(asked: Asked): Promise<number> {
  const { folder, settings, outcomes } = begin(asked)
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  const open = tasks(settings).filter(task => !outcomes.some(outcome => isSame(task, outcome)))
  console.error(`${open.length} measurements; results in ${folder}`)
  for (const task of open) {
    if (controller.signal.aborted) break
    for (const outcome of await perform(task, settings, folder, controller.signal)) {
      appendResult(folder, outcome)
      outcomes.push(outcome)
      tell(outcome)
    }
  }
  for (const { title, head, rows } of [detection(outcomes), functions(outcomes)])
    if (rows.length > 0) printTable(title, head, rows)
  const missed = missedTargets(outcomes, settings)
  for (const line of missed) console.log(`\n✖ ${line}`)
  if (controller.signal.aborted) console.error('\nInterrupted; `--resume` goes on.')
  return controller.signal.aborted ? 130 : missed.length > 0 ? 1 : 0
}

function begin({ settings, runs, resume, output }: Asked) {
  if (!resume) {
    const folder = output ?? join(FOLDER, new Date().toISOString().slice(0, 19).replaceAll(':', '-'))
    startResults(folder, settings)
    return { folder, settings, outcomes: [] as Outcome[] }
  }
  const folder = output ?? newestResults(FOLDER)
  if (folder === undefined) throw new Error(`There is nothing to resume in ${FOLDER}.`)
  const kept = resumeResults<Settings, Outcome>(folder)
  return {
    folder,
    settings: { ...kept.settings, ...(runs !== undefined && { runs }) },
    outcomes: kept.lines,
  }
}

function isSame(task: Task, { method, level, run }: Outcome): boolean {
  return task.method === method && task.level === level && task.run === run
}

interface Task {
  method: Exclude<Method, 'by-eye'>
  level: number
  run: number
}

/** Every method at every level in each run, so that they meet the same hours; the order turns from run to run. */
function tasks({ levels, runs, others }: Settings): Task[] {
  const methods = others ? (['slices', 'before-after', 'alternated'] as const) : (['slices'] as const)
  return Array.from({ length: runs }, (_, at) => at + 1).flatMap(run =>
    turned(levels, run).flatMap(level => turned([...methods], run).map(method => ({ method, level, run }))),
  )
}

function turned<T>(items: T[], by: number): T[] {
  return items.map((_, at) => items[(at + by) % items.length]!)
}

/** One measurement; the two readings of a before/after are two outcomes. None when it was interrupted. */
async function perform(
  task: Task,
  settings: Settings,
  folder: string,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const [began, startedAt] = [performance.now(), new Date().toISOString()]
  const outcome = (method: Method, found: Found): Outcome => ({
    ...task,
    method,
    ...found,
    seconds: (performance.now() - began) / 1_000,
    startedAt,
  })
  try {
    const found = await measure(task, settings, folder, signal)
    return Object.entries(found).map(([method, one]) => outcome(method as Method, one))
  } catch (error) {
    if (signal.aborted) return []
    const message = error instanceof Error ? error.message : String(error)
    return [outcome(task.method, { status: 'failed', estimate: null, low: null, high: null, message })]
  }
}

async function measure(
  { method, level, run }: Task,
  { maxTime, margin, beforeAfter: seconds, alternated: how }: Settings,
  folder: string,
  signal: AbortSignal,
): Promise<Partial<Record<Method, Found>>> {
  switch (method) {
    case 'slices': {
      const output = join(folder, `injected-${percentOf(level)}-run-${run}`)
      return { slices: await slices(level, { maxTime, margin, output }, signal) }
    }
    case 'before-after':
      return await beforeAfter(level, seconds, signal)
    case 'alternated':
      return { alternated: await alternated(level, how, signal) }
  }
}

function tell({ run, method, level, status, estimate, seconds, message }: Outcome): void {
  const change = estimate === null ? (message ?? '') : `${(estimate * 100).toFixed(2)} %`
  console.error(
    `run ${run}, +${percentOf(level)} %, ${method}: ${status} ${change} (${seconds.toFixed(0)} s)`,
  )
}
