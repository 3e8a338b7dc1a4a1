/** The pprof that is written here, read by Go's own tool: the same totals, the same top, the same differences. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePprof } from '../../harness/formats/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import type { Target } from './target.ts'

export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0

/** Self and total by function, in nanoseconds. */
type Top = Map<string, { flat: number; cum: number }>

export function goTargets(folder: string, before: Profile, after: Profile): Target[] {
  mkdirSync(folder, { recursive: true })
  const [one, other] = [before, after].map((profile, at) => {
    const path = join(folder, `${at}.pb.gz`)
    writeFileSync(path, encodePprof(profile, { variant: `${at}` }))
    return path
  }) as [string, string]
  const [was, is] = [topOf(before), topOf(after)]
  return [
    agreement('totals and top', was, goTop([one])),
    agreement('diff', difference(was, is), goTop(['-diff_base', one, other])),
  ]
}

/** Go's tool tells functions apart by name, so those of one name are left out. */
function topOf(profile: Profile): Top {
  const tree = buildCallTree([profile])
  const { self, total } = functionTable(tree)
  const rows = tree.frames.map(({ name }, at) => ({ name, flat: self[0]![at]!, cum: total[0]![at]! }))
  const byName = Map.groupBy(rows, ({ name }) => name)
  return new Map(
    [...byName].flatMap(([name, [row, ...more]]) => (more.length > 0 || name === '' ? [] : [[name, row!]])),
  )
}

const NONE = { flat: 0, cum: 0 }

function difference(was: Top, is: Top): Top {
  const names = new Set([...was.keys(), ...is.keys()])
  return new Map(
    [...names].map(name => {
      const [there, here] = [was.get(name) ?? NONE, is.get(name) ?? NONE]
      return [name, { flat: here.flat - there.flat, cum: here.cum - there.cum }]
    }),
  )
}

function goTop(args: string[]): Top {
  const flags = [
    'tool',
    'pprof',
    '-top',
    '-unit=ns',
    '-nodecount=100000',
    '-nodefraction=0',
    '-edgefraction=0',
  ]
  const text = execFileSync('go', [...flags, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const rows = [...text.matchAll(/^\s*(-?[\d.]+)(?:ns)?\s+\S+\s+\S+\s+(-?[\d.]+)(?:ns)?\s+\S+\s{2}(.*)$/gm)]
  return new Map(rows.map(([, flat, cum, name]) => [name!, { flat: Number(flat), cum: Number(cum) }]))
}

/** Values are whole nanoseconds in pprof, so sums of a thousand samples may be off by as many. */
const ROUNDED = 2_000

function agreement(what: string, ours: Top, theirs: Top): Target {
  const shared = [...ours].filter(([name]) => theirs.has(name))
  const off = shared.filter(([name, { flat, cum }]) => {
    const row = theirs.get(name)!
    return Math.abs(row.flat - flat) > ROUNDED || Math.abs(row.cum - cum) > ROUNDED
  })
  const names = off.map(([name]) => name).slice(0, 3)
  return {
    what: `go tool pprof, ${what}`,
    found: `${shared.length} functions of ${ours.size} by name, ${off.length} of them off ${names.join(', ')}`,
    met: shared.length > ours.size / 2 && off.length === 0,
  }
}
