/** The scenario `injected` by other engines, beside our own closed loop. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { median } from '../../harness/stats/describe.ts'
import { signedPercent } from '../../harness/words/numbers.ts'
import { atLeast, atMost, type Context, type Target, turned } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { read } from '../live/injected.ts'
import type { Found } from '../live/measurement.ts'
import { install } from './installed.ts'

const SCENARIO = 'validate/engines/injected.scenario.ts'

/** Our own loop is what the others are compared with. */
export const ENGINES = ['closed', 'k6', 'artillery']

const LEVELS = [0, 0.05]

/** Milliseconds of a run. */
const TIME = 120_000
const QUICK_TIME = 60_000

/** Share of the runs in which a change must be found, and points by which it may differ from what our own loop reports. */
const FOUND = 0.9
const AGREES = 0.02

interface Line extends Found {
  engine: string
  level: number
}

export async function* injected({ flags, quick, signal, folder }: Context): AsyncGenerator<Target> {
  const runs = flags.whole('runs', quick ? 1 : 10)
  const usual = quick ? ['k6'] : ENGINES
  const engines = flags.text('engines') === undefined ? usual : flags.among('engines', ENGINES)
  const levels = quick ? LEVELS.slice(1) : LEVELS
  const installed = install(engines.includes('artillery'))
  if (engines.includes('k6') && spawnSync('k6', ['version']).error)
    console.error('k6 is not installed: a double runs the same script.')
  const lines: Line[] = []
  try {
    for (let run = 1; run <= runs; run++)
      for (const engine of turned(engines, run))
        for (const level of levels) {
          if (signal.aborted) return
          const output = join(folder, `${engine}-${level * 100}-run-${run}`)
          const environment = {
            PATH: installed.path,
            ENGINE: engine,
            FLAMEGATE_INJECT: `${level * 100}%`,
          }
          const time = `${quick ? QUICK_TIME : TIME}ms`
          const found = read(
            await flamegate([SCENARIO, '--max-time', time, '--output', output], { environment, signal }),
          )
          lines.push({ engine, level, ...found })
          console.error(
            `${engine}, ${level * 100} %: ${found.status}, ${changeText(found.estimate)}, ${found.rounds} rounds`,
          )
        }
  } finally {
    installed.remove()
  }
  for (const engine of engines.filter(name => name !== 'closed')) yield* targetsOf(engine, levels, lines)
}

const changeText = (change: number | null): string => (change === null ? 'unknown' : signedPercent(change))

function* targetsOf(engine: string, levels: number[], lines: Line[]): Generator<Target> {
  for (const level of levels) {
    const own = lines.filter(line => line.engine === engine && line.level === level)
    const called = own.filter(({ status }) => status === 'regressed').length
    const name = `${engine}: called regressed at ${level * 100} %`
    const text = (count: number) => `${count} of ${own.length}`
    yield level === 0 ? atMost(name, called, 0, text) : atLeast(name, called, FOUND * own.length, text)
    if (!lines.some(line => line.engine === 'closed')) continue
    const difference = Math.abs(typical(engine, level, lines) - typical('closed', level, lines))
    yield atMost(
      `${engine}: differs from our own loop at ${level * 100} %`,
      difference,
      AGREES,
      signedPercent,
    )
  }
}

/** Median of the reported changes. */
const typical = (engine: string, level: number, lines: Line[]): number =>
  median(lines.flatMap(line => (line.engine === engine && line.level === level ? (line.estimate ?? []) : [])))
