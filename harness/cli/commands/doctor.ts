/** `doctor`: what is this machine like, and what can a gate see on it today? */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Report } from '../../model/report.ts'
import { makePlan } from '../../plan/index.ts'
import type { Command, Engine } from '../command.ts'
import { diagnose } from '../doctor/diagnosis.ts'
import { printDiagnosis } from '../doctor/print.ts'
import type { Options } from '../flags.ts'
import { type Host, printOptions, worldOf } from '../host.ts'
import { INTERRUPTED, interruptible } from '../interrupt.ts'
import { FINE, REGRESSED } from '../outcome.ts'
import { display, silent } from '../progress.ts'

/** Flamegate's own scenario, not one of the working directory; compiled it has the extension of this file. */
const INJECTED = fileURLToPath(
  new URL(
    `../../../scenarios/injected${import.meta.filename.endsWith('.ts') ? '.ts' : '.js'}`,
    import.meta.url,
  ),
)

/** A fixed number ends no run early: one that ends when it looks good would look better than the machine is. */
const ROUNDS = 24

/** Milliseconds of each of the two runs. */
const TIME = 90_000
const QUICK_TIME = 45_000

export const doctor: Command = {
  operands: '',
  help: 'what a gate on this machine can see today',
  details: `Looks at the machine, measures a service against itself and with a known change, and says what a gate can see here.
With --dry-run it only looks. --max-time is for each of the two runs; --quick halves it.`,
  flags: ['dry-run', 'quick', 'max-time', 'strict', 'seed', 'json', 'output'],
  async run({ words, options }, host, engine) {
    if (words.length > 0)
      throw new UsageError(`\`doctor\` takes no scenario, and \`${words[0]}\` was given.`, {
        advice: 'It measures one of its own: leave the name out.',
      })
    return await interruptible(host, signal => examineAndMeasure(options, host, engine, signal))
  },
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
    const diagnosis = diagnose(machine, reports)
    host.stdout.write(
      options.json
        ? `${JSON.stringify(diagnosis, null, 2)}\n`
        : printDiagnosis(diagnosis, printOptions(host)),
    )
    return diagnosis.falseAlarm || (options.strict && diagnosis.missed) ? REGRESSED : FINE
  } catch (error) {
    live.end()
    if (!isAbort(error, signal)) throw error
    host.stderr.write('Interrupted: without both measurements there is nothing to say.\n')
    return INTERRUPTED
  }
}

/** A mistake of our own after the signal is not to be hidden by it. */
const isAbort = (error: unknown, signal: AbortSignal) =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))

function runs(options: Options): RunOptions[] {
  const { seed, output } = options
  const maxTime = options['max-time'] ?? (options.quick ? QUICK_TIME : TIME)
  const request = { scenario: INJECTED, rounds: ROUNDS, maxTime, seed }
  const folder = (name: string) => output !== undefined && { output: join(output, name) }
  return [
    { ...request, aa: true, ...folder('aa') },
    { ...request, ...folder('injected') },
  ]
}
