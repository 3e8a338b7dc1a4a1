/**
 * Runs an experiment: `node validate/run.ts <experiment> [flags]`, or `npm run validate:<experiment> -- [flags]`.
 *
 * Exit codes: 0 when every target is met, 1 when one is missed, 2 for a wrong flag, 3 when the experiment could not be
 * done, 130 when it was interrupted.
 */
import { join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import type { Context, Experiment, Target } from './experiment.ts'
import { Flags, type FlagTable } from './flags.ts'
import { printOutcome, printTarget } from './print.ts'

/** Loaded when it runs: some read many files first. */
const EXPERIMENTS: Record<string, () => Promise<{ default: Experiment }>> = {
  capture: () => import('./capture.ts'),
  ci: () => import('./ci.ts'),
  faults: () => import('./faults.ts'),
  live: () => import('./live.ts'),
  load: () => import('./load.ts'),
  precision: () => import('./precision.ts'),
  profiles: () => import('./profiles.ts'),
  report: () => import('./report.ts'),
  statistics: () => import('./statistics.ts'),
  yardstick: () => import('./yardstick.ts'),
}

const COMMON: FlagTable = {
  quick: { help: 'shows within minutes that everything works; too little for a statement' },
  help: { help: 'prints this' },
}

const INTERRUPTED = 130

try {
  process.exitCode = await start(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(isUsage ? `✖ ${error.message}` : error)
  process.exitCode = isUsage ? 2 : 3
}

async function start([name = '', ...argv]: string[]): Promise<number> {
  const load = EXPERIMENTS[name]
  if (!load) throw new UsageError(`Name an experiment: ${Object.keys(EXPERIMENTS).join(', ')}.`)
  const { default: experiment } = await load()
  const flags = new Flags({ ...experiment.flags, ...COMMON }, argv)
  if (flags.on('help')) {
    console.log(helpOf(name, experiment))
    return 0
  }
  const { context, interrupted } = contextOf(name, flags)
  const targets: Target[] = []
  for await (const target of experiment.run(context)) {
    printTarget(target)
    targets.push(target)
  }
  if (targets.length > 0) printOutcome(targets)
  if (interrupted()) {
    console.error(`\nInterrupted${experiment.flags?.resume ? '; `--resume` goes on' : ''}.`)
    return INTERRUPTED
  }
  return targets.every(({ met }) => met) ? 0 : 1
}

function contextOf(name: string, flags: Flags): { context: Context; interrupted(): boolean } {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  let controller: AbortController | undefined
  const context: Context = {
    quick: flags.on('quick'),
    flags,
    words: flags.words,
    folder: flags.text('output') ?? join(import.meta.dirname, '..', '.bench', `validate-${name}`, stamp),
    get signal() {
      controller ??= abortedBySystem()
      return controller.signal
    },
  }
  return { context, interrupted: () => controller?.signal.aborted ?? false }
}

function abortedBySystem(): AbortController {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  return controller
}

function helpOf(name: string, { shows, flags }: Experiment): string {
  const rows = Object.entries({ ...flags, ...COMMON }).map(([flag, { value, help }]) => {
    return `  ${`--${flag}${value ? ` ${value}` : ''}`.padEnd(24)}${help}`
  })
  return [`Usage: npm run validate:${name} -- [flags]`, '', shows, '', ...rows].join('\n')
}
