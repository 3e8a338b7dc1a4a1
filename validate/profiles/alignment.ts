/**
 * The same program twice. The second one is in another folder, has 40 more lines at the top of each file, two functions
 * renamed and one moved to another file: only these three can show, and each must be matched.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import { readProfiles } from '../../harness/store/index.ts'
import type { Context, Target } from '../experiment.ts'

/** Profiles of each side. */
const REPEATS = 6

const work = (name: string, steps: number, calls = '') => `
export function ${name}(x) {
  for (let at = 0; at < ${steps}; at++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + at
  ${calls}
  return x
}
`

/** Names before and after. */
const RENAMED: [string, string][] = [
  ['encodeAll', 'writeAll'],
  ['parseItem', 'readItem'],
]
const MOVED = 'escapeText'

function program(edited: boolean): Record<string, string> {
  const [encode, parse] = RENAMED.map(names => names[edited ? 1 : 0]!)
  const moved = work(MOVED, 60_000)
  const top = edited ? '// a line that was inserted\n'.repeat(40) : ''
  const from = edited ? './parse.js' : './encode.js'
  return {
    'encode.js': `${top}import { sumUp } from './sum.js'\n${work(encode!, 90_000, 'x = sumUp(x)')}${edited ? '' : moved}${work('joinParts', 50_000)}`,
    'parse.js': `${top}${work(parse!, 80_000)}${work('splitLines', 40_000)}${edited ? moved : ''}`,
    'sum.js': `${top}${work('sumUp', 70_000)}`,
    'main.js': `${top}import { ${encode}, joinParts } from './encode.js'
import { ${parse}, splitLines } from './parse.js'
import { ${MOVED} } from '${from}'
const stages = [${encode}, joinParts, ${parse}, splitLines, ${MOVED}, x => stages[1](x)]
const end = performance.now() + 500
let x = 1
while (performance.now() < end) for (const stage of stages) x = stage(x)
process.exitCode = x === 0.5 ? 1 : 0
`,
    'package.json': '{"type":"module"}',
  }
}

export async function alignment({ folder: parent }: Context): Promise<Target[]> {
  const folder = join(parent, 'alignment')
  const sides = {
    before: record(join(folder, 'srv', 'app'), false),
    after: record(join(folder, 'home', 'other'), true),
  }
  const request = {
    before: { label: 'before', files: await readProfiles(sides.before) },
    after: { label: 'after', files: await readProfiles(sides.after) },
  }
  const { analysis } = diffProfiles(evidenceOfProfiles(request), request)
  const allowed = new Set([...RENAMED.flat(), MOVED])
  const application = analysis.frames.filter(({ category }) => category === 'application')
  const shown = application.filter(
    row => !allowed.has(row.function) && (row.significant || row.match.startsWith('only')),
  )
  const edited = application.filter(row => allowed.has(row.function))
  const lost = edited.filter(row => row.match.startsWith('only'))
  const how = [...new Set(edited.map(row => `${row.function} ${row.match}`))].join(', ')
  return [
    {
      name: 'edited, moved and renamed sources',
      value: `${shown.length} others show (${shown.map(row => `${row.function} ${row.match}`).join(', ')}); ${how}`,
      bound: 'only functions that were renamed or moved show, and they are matched',
      met: shown.length === 0 && lost.length === 0 && edited.length >= RENAMED.length + 1,
    },
  ]
}

/** A folder with the program's profiles. */
function record(folder: string, edited: boolean): string {
  const profiles = join(folder, 'profiles')
  mkdirSync(profiles, { recursive: true })
  for (const [name, text] of Object.entries(program(edited))) writeFileSync(join(folder, name), text)
  for (let run = 0; run < REPEATS; run++)
    execFileSync(process.execPath, [
      '--cpu-prof',
      `--cpu-prof-dir=${profiles}`,
      `--cpu-prof-name=${run}.cpuprofile`,
      join(folder, 'main.js'),
    ])
  return profiles
}
