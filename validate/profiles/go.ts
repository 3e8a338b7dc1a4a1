/** Go's own tool must read the same from our pprof files: totals, top and differences. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePprof } from '../../harness/formats/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import type { Context, Target } from '../experiment.ts'
import { service } from './speed.ts'

/** Self and total by function, in nanoseconds. */
type Top = Map<string, { flat: number; cum: number }>

export function go({ folder: parent }: Context): Target[] {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('skipped: Go is not installed (Debian package golang-go)')
    return []
  }
  const folder = join(parent, 'go')
  mkdirSync(folder, { recursive: true })
  // Similar services of different sizes.
  const sides = [20_000, 24_000].map(samples => service(2, { nodes: 4_000, samples }))
  const [before, after] = sides.map((profile, at) => {
    const path = join(folder, `${at}.pb.gz`)
    writeFileSync(path, encodePprof(profile, { variant: `${at}` }))
    return path
  }) as [string, string]
  const [was, is] = sides.map(topOf) as [Top, Top]
  return [
    agreement('totals and top', was, goTop([before])),
    agreement('diff', difference(was, is), goTop(['-diff_base', before, after])),
  ]
}

/** Go's tool tells functions apart by name, so functions that share one are left out. */
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
  const flags = '-top -unit=ns -nodecount=100000 -nodefraction=0 -edgefraction=0'.split(' ')
  const text = execFileSync('go', ['tool', 'pprof', ...flags, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const rows = [...text.matchAll(/^\s*(-?[\d.]+)(?:ns)?\s+\S+\s+\S+\s+(-?[\d.]+)(?:ns)?\s+\S+\s{2}(.*)$/gm)]
  return new Map(rows.map(([, flat, cum, name]) => [name!, { flat: Number(flat), cum: Number(cum) }]))
}

/** Values are whole nanoseconds in pprof, so sums of a thousand samples can be off by a thousand. */
const ROUNDED = 2_000

function agreement(name: string, ours: Top, theirs: Top): Target {
  const shared = [...ours].filter(([name]) => theirs.has(name))
  const off = shared.filter(([name, { flat, cum }]) => {
    const row = theirs.get(name)!
    return Math.abs(row.flat - flat) > ROUNDED || Math.abs(row.cum - cum) > ROUNDED
  })
  const names = off.map(([name]) => name).slice(0, 3)
  return {
    name: `go tool pprof, ${name}`,
    value: `${shared.length} functions of ${ours.size} by name, ${off.length} of them off ${names.join(', ')}`,
    bound: 'more than half by name, none off',
    met: shared.length > ours.size / 2 && off.length === 0,
  }
}
