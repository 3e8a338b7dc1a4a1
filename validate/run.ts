/**
 * Runs an experiment: `node validate/run.ts <experiment> [flags]`, or `npm run validate:<experiment> -- [flags]`.
 *
 * Exit codes: 0 when every target is met, 1 when one is missed, 2 for a wrong flag, 3 when the experiment failed, 130 when
 * it was interrupted.
 */
import { join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import { type Context, type Experiment, ROOT, type Target } from './experiment.ts'
import { Flags, type FlagTable } from './flags.ts'
import { printOutcome, printTarget } from './print.ts'

/** Each is loaded only when it runs, because some read many files first. */
const EXPERIMENTS =
  'alignment capture ci engines exchange faults live load precision probe profiles report stacks statistics truth waiting waits yardstick'.split(
    ' ',
  )

const COMMON: FlagTable = {
  quick: { help: 'checks within minutes that everything works; its figures prove nothing' },
  help: { help: 'prints this help' },
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
  if (!EXPERIMENTS.includes(name)) throw new UsageError(`Name an experiment: ${EXPERIMENTS.join(', ')}.`)
  const { default: experiment }: { default: Experiment } = await import(`./${name}.ts`)
  const flags = new Flags({ ...experiment.flags, ...COMMON }, argv)
  if (flags.on('help')) {
    console.log(helpOf(name, experiment))
    return 0
  }
  let controller: AbortController | undefined
  const context: Context = {
    quick: flags.on('quick'),
    flags,
    folder: flags.text('output') ?? join(ROOT, '.bench', `validate-${name}`, timeStamp()),
    get signal() {
      controller ??= abortedBySystem()
      return controller.signal
    },
  }
  const targets: Target[] = []
  for await (const target of experiment.run(context)) {
    printTarget(target)
    targets.push(target)
  }
  if (targets.length > 0) printOutcome(targets)
  if (controller?.signal.aborted) {
    console.error(`\nInterrupted${experiment.flags?.resume ? '; `--resume` goes on' : ''}.`)
    return INTERRUPTED
  }
  return targets.every(({ met }) => met) ? 0 : 1
}

function timeStamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
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
