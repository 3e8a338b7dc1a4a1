/**
 * What the yardstick buys on this machine: the same code measured in several sessions, some of them while another program
 * runs, and each two of them compared as if they were of different days.
 *
 *   npm run validate:yardstick              8 sessions of 12 rounds, half of them disturbed
 *   npm run validate:yardstick -- --quick   4 sessions of 4 rounds, in less than three minutes
 *
 * Exits with 1 when the yardstick does not make CPU per request surer, or when an error is left that a gate's wider margin
 * does not cover; 130 when interrupted.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ALLOWANCE } from '../harness/analyze/yardstick.ts'
import { loadCapabilities } from '../harness/capabilities.ts'
import { bench, thisWorld } from '../harness/index.ts'
import { percentage, printTable } from './statistics/table.ts'
import { type Errors, errorsOf, largest, rootMeanSquare, type Session } from './yardstick/errors.ts'

const ROOT = join(import.meta.dirname, '..')
const SCENARIO = join(import.meta.dirname, 'yardstick', 'scenario.ts')
const DISTURBANCE = join(import.meta.dirname, 'yardstick', 'disturbance.js')
const VARIANT = 'plain'
const JUDGED = ['cpu.perRequest', 'latency.p50', 'throughput']
const METRICS = (await loadCapabilities()).metrics.filter(({ id }) => JUDGED.includes(id))

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const { sessions, rounds } = values.quick ? { sessions: 4, rounds: 4 } : { sessions: 8, rounds: 12 }

const controller = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())

const measured: Session[] = []
for (let index = 0; index < sessions && !controller.signal.aborted; index++)
  measured.push(await measureSession(index % 2 === 1))
process.exitCode = controller.signal.aborted ? 130 : report(errorsOf(measured, VARIANT, METRICS))

async function measureSession(disturbed: boolean): Promise<Session> {
  const other = disturbed ? spawn(process.execPath, [DISTURBANCE], { stdio: 'ignore' }) : undefined
  try {
    const { run } = await bench(
      { scenario: SCENARIO, saveBaseline: 'validate-yardstick', rounds },
      thisWorld({ directory: ROOT, signal: controller.signal }),
    )
    console.error(`${disturbed ? 'disturbed' : 'quiet'}: ${run.rounds.length} rounds`)
    return { disturbed, run }
  } finally {
    other?.kill()
  }
}

function report(errors: Errors[]): number {
  printTable(
    `Error of a comparison across sessions, ${sessions} sessions of the same code, %`,
    [
      'metric',
      'sessions',
      'pairs',
      'without: typical',
      'largest',
      'with: typical',
      'largest',
      'margins wider by',
    ],
    errors.map(({ metric, mixed, ...found }) => [
      metric,
      mixed ? 'one disturbed' : 'alike',
      `${found.with.length}`,
      ...[found.without, found.with].flatMap(values => [
        percentage(rootMeanSquare(values)),
        percentage(largest(values)),
      ]),
      [Math.min(...found.allowed), Math.max(...found.allowed)]
        .map(share => percentage(share, 1))
        .join(' to '),
    ]),
  )
  const missed = errors
    .filter(({ metric }) => metric === JUDGED[0])
    .flatMap(({ mixed, ...found }) => {
      const which = mixed ? 'with one session disturbed' : 'with sessions alike'
      return [
        mixed &&
          rootMeanSquare(found.with) > rootMeanSquare(found.without) &&
          `CPU per request is less sure with the yardstick, ${which}.`,
        largest(found.with) > ALLOWANCE.processorTime &&
          `CPU per request is off by more than the ${percentage(ALLOWANCE.processorTime, 0)} % that margins are wider at least, ${which}.`,
        found.with.some((error, pair) => Math.abs(error) > found.allowed[pair]!) &&
          `CPU per request is off by more than margins are wider, ${which}.`,
      ].filter(line => line !== false)
    })
  for (const line of missed) console.log(`\n✖ ${line}`)
  return missed.length > 0 ? 1 : 0
}
