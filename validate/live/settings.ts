/** What a validation is asked to do, read from its flags. */
import { parseArgs } from 'node:util'

export interface Settings {
  /** Fractions of extra work. */
  levels: number[]
  /** Runs of every method at each level. */
  runs: number
  /** Milliseconds of one run of Flamegate. */
  maxTime: number
  /** Of its gate; the scenario's own when absent. */
  margin?: string
  /** Seconds of autocannon on each side. */
  beforeAfter: number
  /** Processes on each side, and seconds of each. */
  alternated: { times: number; seconds: number }
  /** Whether the other methods take part. */
  others: boolean
}

export interface Asked {
  settings: Settings
  /** Given as flags; a resumed validation keeps what is not. */
  runs?: number
  resume: boolean
  output?: string
  help: boolean
}

const FULL: Settings = {
  levels: [0, 0.02, 0.03, 0.05],
  runs: 10,
  maxTime: 60_000,
  beforeAfter: 10,
  alternated: { times: 5, seconds: 5 },
  others: true,
}

/** Shows that everything works, in less than three minutes; too little for a statement. */
const QUICK: Settings = {
  ...FULL,
  levels: [0, 0.05],
  runs: 1,
  maxTime: 35_000,
  beforeAfter: 3,
  alternated: { times: 3, seconds: 1 },
}

export const HELP = `Usage: node validate/live.ts [flags]

Repeats the scenario \`injected\` on this machine and prints what was found, beside two ways of today.

  --runs N              of every method at each level (10)
  --levels 0,2,3,5      extra work, in per cent
  --max-time SECONDS    of one run of Flamegate (60)
  --margin 1%           of its gate (the scenario's)
  --before-after 10     seconds of autocannon on each side
  --alternated 5x5      processes on each side x seconds of each
  --only-slices         Flamegate alone
  --quick               all of it once, in less than three minutes
  --output FOLDER       for results.jsonl and the runs (.bench/validate-live/<time>)
  --resume              go on with the newest folder, or the one of --output
`

/** @throws Error that names the flag */
export function readSettings(argv: string[]): Asked {
  const { values } = parseArgs({
    args: argv,
    options: {
      runs: { type: 'string' },
      levels: { type: 'string' },
      'max-time': { type: 'string' },
      margin: { type: 'string' },
      'before-after': { type: 'string' },
      alternated: { type: 'string' },
      'only-slices': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const base = values.quick ? QUICK : FULL
  const figure = (name: 'runs' | 'max-time' | 'before-after', otherwise: number) =>
    values[name] === undefined ? otherwise : positive(values[name], name)
  const runs = figure('runs', base.runs)
  if (!Number.isInteger(runs)) throw new Error(`--runs ${values.runs} is no whole number.`)
  return {
    settings: {
      levels: values.levels === undefined ? base.levels : readLevels(values.levels),
      runs,
      maxTime: figure('max-time', base.maxTime / 1_000) * 1_000,
      ...(values.margin !== undefined && { margin: values.margin.replace(/^\+/, '') }),
      beforeAfter: figure('before-after', base.beforeAfter),
      alternated: values.alternated === undefined ? base.alternated : readAlternated(values.alternated),
      others: !values['only-slices'],
    },
    ...(values.runs !== undefined && { runs }),
    resume: values.resume,
    ...(values.output !== undefined && { output: values.output }),
    help: values.help,
  }
}

function positive(text: string, flag: string): number {
  const value = Number(text.replace(/s$/, ''))
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${flag} ${text} is no figure above zero.`)
  return value
}

function readLevels(text: string): number[] {
  const levels = text.split(',').map(part => Number(part.replace('%', '').trim() || Number.NaN) / 100)
  if (levels.some(level => !(level >= 0 && level <= 10)))
    throw new Error(`--levels ${text} is no list of percentages such as 0,2,5.`)
  return [...new Set(levels)]
}

function readAlternated(text: string): Settings['alternated'] {
  const match = /^(\d+)x(\d+(?:\.\d+)?)$/.exec(text)
  const [times, seconds] = [Number(match?.[1]), Number(match?.[2])]
  if (!(times >= 2 && seconds > 0))
    throw new Error(`--alternated ${text}: write 5x5, with two processes or more.`)
  return { times, seconds }
}
