/** Faults of every kind at every moment of a run, with real processes; docs/reliability.md has the rules and the results. */
import { UsageError } from '../harness/model/errors.ts'
import { seededRandom } from '../harness/stats/random.ts'
import type { Context, Experiment, Target } from './experiment.ts'
import { type Cell, tryCase } from './faults/cases.ts'
import { diskText, type FullDisk, fillDisk } from './faults/disk.ts'
import { type Kill, killAtRandom, killsText } from './faults/kill.ts'
import { KINDS, MOMENTS, type Moment, titleOf } from './faults/kinds.ts'
import { type Soak, soak, soakText } from './faults/soak.ts'
import type { Flags } from './flags.ts'
import { markdownOf } from './print.ts'
import { appendResult, openResults, RESUMABLE } from './results.ts'

interface Settings {
  quick: boolean
  kills: number
  /** Seed of the random moments. */
  seed: number
  /** Length of the soak; 0 for none. */
  minutes: number
}

/** The result of a task; `broken` lists the promises it broke. */
type Shown = Cell | FullDisk | Kill | Soak

/** A line of the results. */
type Line = Shown & { task: string; seconds: number }

const faults: Experiment = {
  shows:
    'The effect of every fault at every moment, of a full disk, of kills at random moments and of a long soak (quick: one fault of each sort, 5 kills, no soak, in three minutes). Ctrl-C waits for the task in progress.',
  flags: {
    only: { value: 'PATTERN', help: "tasks whose name matches, such as 'throws|soak'" },
    list: { help: 'prints the names of the tasks' },
    kills: { value: 'N', help: 'at random moments (200)' },
    soak: { value: 'MINUTES', help: 'length of the soak (30)' },
    seed: { value: 'N', help: 'of the random moments (1)' },
    pause: { value: 'FILE', help: 'holds back the soak while the file exists' },
    ...RESUMABLE,
    again: { help: 'with --resume: also repeats tasks that broke a promise' },
    table: { help: 'with --resume: prints the results so far, and tries nothing' },
  },
  async *run(context) {
    const { flags, signal } = context
    const asked = settingsFrom(context)
    if (flags.on('list')) {
      for (const [name] of chosen(asked, flags)) console.log(name)
      return
    }
    const { folder, settings, lines } = openResults<Settings, Line>(context, asked)
    // The newest result of each task counts.
    const kept = new Map(lines.map(line => [line.task, line]))
    for (const [name, perform] of flags.on('table') ? [] : chosen(settings, flags)) {
      const before = kept.get(name)
      if (before && !(flags.on('again') && before.broken.length > 0)) continue
      if (signal.aborted) break
      const began = performance.now()
      const shown = await perform()
      const line = { task: name, ...shown, seconds: (performance.now() - began) / 1_000 }
      if (line.broken.length === 0) delete line.stderr
      kept.set(name, line)
      appendResult(folder, line)
      report(line)
    }
    const all = [...kept.values()]
    printTexts(all)
    yield* targetsOf(all)
  },
}

export default faults

/** One fault of each sort, at the moment that is hardest for it. */
const QUICK: Record<string, Moment> = {
  exits: 'timed',
  'is stopped (SIGSTOP)': 'profiled',
  'answers without end': 'warm-up',
  'runs out of memory': 'boot',
  'leaves a daemon': 'readiness',
  'ignores SIGTERM': 'stopping',
  'floods the agents’ socket': 'timed',
  'Ctrl-C': 'timed',
}

type Task = [name: string, perform: () => Promise<Shown>]

/** The tasks whose names match `--only`, in order. */
function chosen({ quick, kills, seed, minutes }: Settings, flags: Flags): Task[] {
  const cases = KINDS.flatMap(kind =>
    MOMENTS.filter(moment => kind.effects[moment])
      .filter(moment => !quick || QUICK[kind.name] === moment)
      .map((moment): Task => [`${titleOf(kind)} · ${moment}`, () => tryCase(kind, moment)]),
  )
  const random = seededRandom(seed)
  const moments = Array.from({ length: kills }, () => [random(), random()] as const)
  const tasks: Task[] = [
    ...cases,
    ['full disk', fillDisk],
    ...moments.map((at, i): Task => [`kill ${i + 1}`, () => killAtRandom(...at)]),
  ]
  if (minutes > 0) tasks.push(['soak', () => soak(minutes, flags.text('pause'))])
  const pattern = new RegExp(flags.text('only') ?? '')
  return tasks.filter(([name]) => pattern.test(name))
}

function settingsFrom({ quick, flags }: Context): Settings {
  const count = (name: string, otherwise: number) => {
    const value = Number(flags.text(name) ?? otherwise)
    if (value >= 0) return value
    throw new UsageError(`--${name} ${flags.text(name)} is not a number, or is below zero.`)
  }
  return {
    quick,
    seed: count('seed', 1),
    kills: count('kills', quick ? 5 : 200),
    minutes: count('soak', quick ? 0 : 30),
  }
}

function report({ task, broken, seconds, stderr = '' }: Line): void {
  const how = broken.length > 0 ? `NOT AS PROMISED: ${broken.join(', ')}` : 'as promised'
  console.error(`${task}: ${how} (${seconds.toFixed(1)} s)`)
  if (broken.length > 0) console.error(stderr.split('\n').slice(-25).join('\n'))
}

function printTexts(lines: Line[]): void {
  const cells = lines.filter(line => line.type === 'case')
  const kills = lines.filter(line => line.type === 'kill')
  const texts = [
    ...(cells.length > 0 ? [casesTable(cells)] : []),
    ...lines.filter(line => line.type === 'disk').map(diskText),
    ...(kills.length > 0 ? [killsText(kills)] : []),
    ...lines.filter(line => line.type === 'soak').map(soakText),
  ]
  console.log(texts.join('\n\n'))
}

/** Characters of a message. */
const LONGEST = 110

/** The table of docs/reliability.md: the effect of every fault at every moment. */
function casesTable(cells: Cell[]): string {
  const head = ['fault', ...MOMENTS, 'what is said of it']
  const rows = KINDS.map(kind => {
    const own = cells.filter(({ fault }) => fault === titleOf(kind))
    const columns = MOMENTS.map(moment =>
      kind.effects[moment] ? cellText(own.find(cell => cell.moment === moment)) : 'does not apply',
    )
    return [titleOf(kind), ...columns, messageOf(own)]
  })
  return markdownOf({ head, rows })
}

/** Effect, exit code and rounds kept, or the broken promises. */
function cellText(cell: Cell | undefined): string {
  if (!cell) return 'not tried'
  const { effect, code, rounds, broken } = cell
  return broken.length > 0 ? `**${broken.join(', ')}**` : `${effect}, ${code ?? 'none'}, ${rounds}`
}

/** The message of a fault in the timed slices if there is one, without the target's last output. */
function messageOf(cells: Cell[]): string {
  const withMessage = cells.filter(cell => cell.message !== '')
  const { message = '' } = withMessage.find(({ moment }) => moment === 'timed') ?? withMessage[0] ?? {}
  const own = message.replace(/ (\(last output: .*|→ .*)$/, '')
  const short = own.length > LONGEST ? `${own.slice(0, LONGEST)}…` : own
  return short.replaceAll('|', '\\|')
}

function* targetsOf(lines: Line[]): Generator<Target> {
  const missed = lines.filter(({ broken }) => broken.length > 0)
  for (const { task, broken } of missed) yield { name: task, value: broken.join(', '), met: false }
  yield {
    name: 'tasks that end as promised',
    value: `${lines.length - missed.length} of ${lines.length}`,
    bound: 'all',
    met: missed.length === 0,
  }
}
