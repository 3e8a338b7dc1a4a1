/** `doctor`: looks at the machine, and finds out what a gate can see on it today. */
import { extname, join } from 'node:path'
import { indented } from '../../../reports/json.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Report } from '../../model/report.ts'
import { makePlan } from '../../plan/index.ts'
import type { Command, Engine } from '../command.ts'
import { checkUp } from '../doctor/checkup.ts'
import { printCheckup } from '../doctor/print.ts'
import type { Options } from '../flags.ts'
import { type Host, printOptions, worldOf } from '../host.ts'
import { interruptible } from '../interrupt.ts'
import { FINE, INTERRUPTED, REGRESSED } from '../outcome.ts'
import { display, silent } from '../progress.ts'

/** Flamegate's own scenario, with the extension of this file: `.js` when compiled. */
const INJECTED = join(import.meta.dirname, `../../../scenarios/injected${extname(import.meta.filename)}`)

/** A fixed number: a run that may end when it looks good would make the machine look better than it is. */
const ROUNDS = 24

/** Milliseconds of each of the two runs. */
const TIME = 90_000
const QUICK_TIME = 45_000

export const doctor: Command = {
  operands: '',
  help: 'find out what a gate can see on this machine today',
  details: `Looks at the machine, measures a service against itself and with a known change, and says what a gate can see here. With
--dry-run it only looks. --max-time applies to each of the two runs; --quick halves it.`,
  flags: ['dry-run', 'quick', 'max-time', 'strict', 'seed', 'json', 'output'],
  run: ({ options }, host, engine) =>
    interruptible(host, signal => examineAndMeasure(options, host, engine, signal)),
}

async function examineAndMeasure(options: Options, host: Host, engine: Engine, signal: AbortSignal) {
  const live = options.json ? silent : display(host.stderr, Date.now)
  const world = worldOf(host, { signal, emit: progress => live.show(progress) })
  try {
    const machine = await engine.inspectMachine(world)
    const reports: Report[] = []
    const capabilities = await engine.loadCapabilities(host.cwd())
    for (const run of options['dry-run'] ? [] : runs(options)) {
      reports.push(await engine.runPlan(await makePlan(run, world, capabilities), world, capabilities))
      signal.throwIfAborted()
    }
    live.end()
    const checkup = checkUp(machine, reports)
    host.stdout.write(options.json ? indented(checkup) : printCheckup(checkup, printOptions(host)))
    return checkup.falseAlarm || (options.strict && checkup.missed) ? REGRESSED : FINE
  } catch (error) {
    live.end()
    if (!isAbort(error, signal)) throw error
    host.stderr.write('Interrupted: both measurements are needed to say anything.\n')
    return INTERRUPTED
  }
}

/** A bug that shows after the signal must not be hidden by it. */
const isAbort = (error: unknown, signal: AbortSignal) =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))

function runs(options: Options): RunOptions[] {
  const { seed, output } = options
  const maxTime = options['max-time'] ?? (options.quick ? QUICK_TIME : TIME)
  const run = { scenario: INJECTED, rounds: ROUNDS, maxTime, seed }
  const folder = (name: string) => output !== undefined && { output: join(output, name) }
  return [
    { ...run, aa: true, ...folder('aa') },
    { ...run, ...folder('injected') },
  ]
}
