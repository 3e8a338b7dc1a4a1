/** How much the yardstick helps: sessions of the same code, compared in pairs as if they came from different days. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ALLOWANCE } from '../harness/analyze/yardstick.ts'
import { loadCapabilities } from '../harness/capabilities.ts'
import { bench, thisWorld } from '../harness/index.ts'
import { share } from '../harness/words/numbers.ts'
import { atMost, type Experiment, ROOT, type Target } from './experiment.ts'
import { printTable, tableOf } from './print.ts'
import { type Errors, errorsOf, largest, rootMeanSquare, type Session } from './yardstick/errors.ts'

const SCENARIO = join(import.meta.dirname, 'yardstick', 'scenario.ts')
const DISTURBANCE = join(import.meta.dirname, 'yardstick', 'disturbance.js')
const VARIANT = 'plain'
const JUDGED = ['cpu.perRequest', 'latency.p50', 'throughput']

const yardstick: Experiment = {
  shows:
    'What the yardstick gains on this machine: 8 sessions of 12 rounds, half of them disturbed by another program (quick: 4 of 4).',
  async *run({ quick, signal }) {
    const { sessions, rounds } = quick ? { sessions: 4, rounds: 4 } : { sessions: 8, rounds: 12 }
    const measured: Session[] = []
    while (measured.length < sessions && !signal.aborted)
      measured.push(await measureSession(measured.length % 2 === 1, rounds, signal))
    if (signal.aborted) return
    const metrics = (await loadCapabilities()).metrics.filter(({ id }) => JUDGED.includes(id))
    const errors = errorsOf(measured, VARIANT, metrics)
    print(errors)
    yield* errors.filter(({ metric }) => metric === JUDGED[0]).flatMap(targetsOf)
  },
}

export default yardstick

async function measureSession(disturbed: boolean, rounds: number, signal: AbortSignal): Promise<Session> {
  const other = disturbed ? spawn(process.execPath, [DISTURBANCE], { stdio: 'ignore' }) : undefined
  try {
    const { run } = await bench(
      { scenario: SCENARIO, saveBaseline: 'validate-yardstick', rounds },
      thisWorld({ directory: ROOT, signal }),
    )
    console.error(`${disturbed ? 'disturbed' : 'quiet'}: ${run.rounds.length} rounds`)
    return { disturbed, run }
  } finally {
    other?.kill()
  }
}

function print(errors: Errors[]): void {
  printTable(
    tableOf('Error of a comparison across sessions of the same code', errors, {
      metric: ({ metric }) => metric,
      sessions: ({ mixed }) => (mixed ? 'one disturbed' : 'the same'),
      pairs: it => `${it.with.length}`,
      'without: typical': ({ without }) => share(rootMeanSquare(without)),
      'without: largest': ({ without }) => share(largest(without)),
      'with: typical': it => share(rootMeanSquare(it.with)),
      'with: largest': it => share(largest(it.with)),
      'margins wider by': ({ allowed }) => `${share(Math.min(...allowed))} to ${share(Math.max(...allowed))}`,
    }),
  )
}

function targetsOf({ mixed, without, with: used, allowed }: Errors): Target[] {
  const where = `CPU per request, ${mixed ? 'one session disturbed' : 'both sessions the same'}`
  const [before, after] = [rootMeanSquare(without), rootMeanSquare(used)]
  const beyond = used.filter((error, pair) => Math.abs(error) > allowed[pair]!).length
  return [
    ...(mixed
      ? [atMost(`${where}: typical error with the yardstick, against without`, after, before, share)]
      : []),
    // Margins are always wider by this allowance.
    atMost(`${where}: largest error`, largest(used), ALLOWANCE.processorTime, share),
    atMost(`${where}: errors beyond the wider margin`, beyond, 0, String),
  ]
}
