/**
 * Faults of every kind at every moment of a run, with real processes: what comes of each is held against the rules of
 * docs/reliability.md.
 *
 *     npm run validate:faults                     the whole table, 200 kills at random moments, a soak of 30 minutes
 *     npm run validate:faults -- --quick          a fault of each sort at one moment, 5 kills, no soak: three minutes
 *     npm run validate:faults -- --only 'exits|throws'     only kinds whose name matches
 *     npm run validate:faults -- --kills 50 --soak 5
 *     npm run validate:faults -- --rules          only the table of the rules, as it stands in docs/reliability.md
 *
 * It ends with code 1 when anything is not as promised.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../harness/stats/random.ts'
import { type Result, tryCase } from './faults/cases.ts'
import { fillDisk } from './faults/disk.ts'
import { killAtRandom } from './faults/kill.ts'
import { KINDS, type Kind, MOMENTS, type Moment } from './faults/kinds.ts'
import { soak } from './faults/soak.ts'
import { rulesTable, titleOf } from './faults/table.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    kills: { type: 'string' },
    soak: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const kills = Number(options.kills ?? (options.quick ? 5 : 200))
const soakMinutes = Number(options.soak ?? (options.quick ? 0 : 30))

/** One kind of each sort, at the moment that is hardest for it. */
const QUICK: [string, Moment][] = [
  ['exits', 'timed'],
  ['is stopped (SIGSTOP)', 'profiled'],
  ['answers without end', 'warm-up'],
  ['runs out of memory', 'boot'],
  ['leaves a daemon', 'readiness'],
  ['ignores SIGTERM', 'stopping'],
  ['floods the agents’ socket', 'timed'],
  ['Ctrl-C', 'timed'],
]

function chosen(): [Kind, Moment][] {
  const all = KINDS.filter(({ name }) => new RegExp(options.only).test(name)).flatMap(kind =>
    MOMENTS.filter(moment => kind.outcomes[moment]).map((moment): [Kind, Moment] => [kind, moment]),
  )
  if (!options.quick) return all
  return all.filter(([kind, moment]) => QUICK.some(([name, when]) => name === kind.name && when === moment))
}

const shown = (text: string) => text.replaceAll('|', '\\|').slice(0, 120)

function row({ kind, moment, outcome, left, told, broken }: Result): string {
  const cells = [
    titleOf(kind),
    moment,
    broken.length === 0 ? outcome! : `**${broken.join(', ')}**`,
    left.code ?? left.signal ?? '',
    left.processes.length,
    left.files.length,
    left.rounds ?? 'none',
    shown(told),
  ]
  return `| ${cells.join(' | ')} |`
}

if (options.rules) {
  console.log(rulesTable())
  process.exit()
}

let failures = 0
console.log(
  '| fault | moment | what came of it | exit code | processes left | files left | rounds kept | message |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const [kind, moment] of chosen()) {
  const result = await tryCase(kind, moment)
  if (result.broken.length > 0) failures++
  console.log(row(result))
  if (result.broken.length > 0) console.error(result.left.stderr.split('\n').slice(-25).join('\n'))
}

if (options.only === '') {
  const { skipped, left, broken } = await fillDisk()
  if (broken.length > 0) failures++
  console.log(
    skipped
      ? `\nA full disk: skipped, ${skipped}.`
      : `\nA full disk: exit code ${left?.code}, ${left?.rounds} rounds kept${broken.length > 0 ? `, **${broken.join(', ')}**` : ''}.`,
  )
}

const random = seededRandom(Number(options.seed))
let killed = 0
for (; killed < kills; killed++) {
  const { after, complete, broken } = await killAtRandom(random())
  if (broken.length === 0) continue
  failures++
  console.log(`killed after ${after} ms with ${complete} complete rounds: ${broken.join(', ')}`)
}
if (kills > 0) console.log(`\nKilled with SIGKILL at ${killed} random moments.`)

if (soakMinutes > 0) {
  const { rounds, growth } = await soak(soakMinutes)
  console.log(`\nSoak of ${soakMinutes} minutes, ${rounds} rounds: second quarter → last quarter`)
  for (const { process, quantity, before, after, broken } of growth) {
    if (broken) failures++
    const unit = quantity === 'memory' ? (value: number) => `${(value / 2 ** 20).toFixed(1)} MiB` : String
    console.log(`- ${process}, ${quantity}: ${unit(before)} → ${unit(after)}${broken ? ' **grows**' : ''}`)
  }
}

console.log(failures === 0 ? '\nAll as promised.' : `\n${failures} not as promised.`)
process.exitCode = failures === 0 ? 0 : 1
