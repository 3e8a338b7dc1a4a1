/** Real versions of npm packages: what Flamegate says of a pair, against a measurement without it in the same session. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted, duration } from '../harness/words/numbers.ts'
import type { Context, Experiment, Target } from './experiment.ts'
import { flamegate } from './flamegate.ts'
import { markdownOf, printTable } from './print.ts'
import { BLIND } from './truth/blind.ts'
import { type Limits, measureIndependently } from './truth/independent.ts'
import { changedPackages, folderOf } from './truth/installed.ts'
import { named, type Seen, tableOfPairs, targetsOf, titleOf } from './truth/judge.ts'
import { PAIRS, type Pair } from './truth/pairs.ts'

/** The pairs of a quick run: a regression with a reason, an improvement, and a small one. */
const QUICK = ['jsonwebtoken', 'uuid', 'dayjs']

interface Length {
  /** Seconds of Flamegate: by default, 80 for two variants. */
  seconds: number
  /** Of the measurement without it. */
  limits: Limits
}

const FULL: Length = { seconds: 80, limits: { seconds: 30, longest: 300, warmup: 4, counted: 1 } }
const LITTLE: Length = { seconds: 30, limits: { seconds: 20, warmup: 3, counted: 1 } }
/** Seconds that a pair takes besides: two installations, the analysis, and the last pair of processes. */
const BESIDES = 20

const SCENARIO = 'validate/truth/services.scenario.ts'

const truth: Experiment = {
  shows:
    'Pairs of package versions with a known change in speed: direction, size and culprit (an hour; quick: three pairs in four minutes).',
  flags: {
    pairs: { value: 'NAMES', help: 'these pairs only, by the names of their services' },
    blind: { help: 'other pairs, for a blind check' },
  },
  async *run(context) {
    const pairs = chosen(context)
    const each = secondsEach(context)
    console.log(
      `${counted(pairs.length, 'pair')}, about ${duration(pairs.length * each * 1_000)}, more where the truth is hard to tell`,
    )
    const all: Seen[] = []
    for (const [at, pair] of pairs.entries()) {
      console.log(`\n${at + 1} of ${pairs.length}: ${titleOf(pair)}`)
      const seen = await tried(pair, context)
      if (context.signal.aborted) break
      if ('met' in seen) yield seen
      else {
        all.push(seen)
        keep(all, context.folder)
        yield* targetsOf(seen)
      }
    }
    if (all.length === 0) return
    printTable(tableOfPairs(all))
    console.log(`\nThe table as Markdown: ${tableFile(context.folder)}\n`)
    yield* named(all)
  },
}

export default truth

function chosen({ flags, quick }: Context): Omit<Pair, 'why'>[] {
  const pairs = flags.on('blind') ? BLIND : PAIRS
  const services = flags.among(
    'pairs',
    pairs.map(({ service }) => service),
  )
  const isQuick = quick && !flags.on('blind') && flags.text('pairs') === undefined
  return pairs.filter(({ service }) => (isQuick ? QUICK : services).includes(service))
}

const lengthOf = ({ quick }: Context): Length => (quick ? LITTLE : FULL)

function secondsEach(context: Context): number {
  const { seconds, limits } = lengthOf(context)
  return seconds + (limits.seconds ?? 0) + BESIDES
}

/** A pair that cannot be measured is a missed target, and the next one goes on. */
export async function tried(pair: Omit<Pair, 'why'>, context: Context): Promise<Seen | Target> {
  try {
    return await look(pair, context)
  } catch (error) {
    return { name: `${titleOf(pair)}: measured`, value: reasonOf(error), bound: 'both ways', met: false }
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!

async function look(pair: Omit<Pair, 'why'>, context: Context): Promise<Seen> {
  const { folder, signal } = context
  const { seconds, limits } = lengthOf(context)
  const [before, after] = [pair.before, pair.after].map(version => `${pair.package}@${version}`) as [
    string,
    string,
  ]
  const output = join(folder, pair.service)
  const report = await flamegate(
    ['compare-packages', before, after, SCENARIO, '--max-time', `${seconds}s`, '--output', output],
    { environment: { TRUTH_SERVICE: pair.service }, signal },
  )
  const sideOf = (spec: string) => ({
    service: pair.service,
    modules: join(folderOf(spec), 'package.json'),
  })
  const truth = await measureIndependently(sideOf(before), sideOf(after), limits, signal)
  return { pair, truth, report, changed: changedPackages(before, after) }
}

const tableFile = (folder: string) => join(folder, 'table.md')

/** After every pair, so that an interrupted run leaves what it has. */
function keep(all: Seen[], folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(tableFile(folder), `${markdownOf(tableOfPairs(all))}\n`)
  const figures = all.map(({ pair, truth }) => ({ ...pair, truth }))
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(figures, null, 2)}\n`)
}
