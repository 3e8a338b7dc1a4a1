/** How fast profiles are read, folded, matched and compared, as ratios within this process, so that any machine can reproduce them. */
import { gunzipSync } from 'node:zlib'
import { Profile as Pprof } from 'pprof-format'
import { decodePprof, encodePprof, readProfile } from '../../harness/formats/index.ts'
import { uniteTrees } from '../../harness/match/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable, ProfileBuilder } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { writeCpuProfile } from '../../test/formats/writers.ts'
import { atMost, type Target } from '../experiment.ts'

const REPEATS = 9

/** Milliseconds of each task, the best of several in turn: a disturbance only ever makes a task slower. */
function fastest(...tasks: (() => unknown)[]): number[] {
  const best = tasks.map(() => Number.POSITIVE_INFINITY)
  for (let run = 0; run < REPEATS; run++) {
    tasks.forEach((task, at) => {
      const start = performance.now()
      task()
      best[at] = Math.min(best[at]!, performance.now() - start)
    })
  }
  return best
}

/** A service of 4,000 functions in 200 files; `shift` moves lines, `root` is its folder. */
export function service(
  seed: number,
  {
    nodes,
    samples,
    root = '/srv/app',
    shift = 0,
  }: { nodes: number; samples: number; root?: string; shift?: number },
): Profile {
  const random = seededRandom(seed)
  const builder = new ProfileBuilder([
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ])
  const lineOf = (fn: number) => 1 + shift + Math.floor(fn / 200) * 20
  const functions = Array.from({ length: 4000 }, (_, at) => {
    const name = at % 4 === 0 ? '' : `function${at}`
    const file = `file://${root}/lib/part${at % 200}/module.js`
    return builder.function(name, file, lineOf(at), (at % 80) + 1)
  })
  const stacks: number[] = []
  const depth: number[] = []
  while (stacks.length < nodes) {
    // New calls hang below recent ones: bushy, and some forty deep.
    const above =
      stacks.length === 0 ? -1 : Math.floor(stacks.length * Math.max(random(), random(), random()))
    const deepEnough = above !== -1 && depth[above]! > 60
    const parent = above === -1 || deepEnough ? -1 : stacks[above]!
    const fn = Math.floor(random() * functions.length)
    const stack = builder.stack(parent, builder.location(functions[fn]!, lineOf(fn) + 1))
    if (stack < stacks.length) continue
    depth.push(parent === -1 ? 0 : depth[above]! + 1)
    stacks.push(stack)
  }
  for (let sample = 0; sample < samples; sample++) {
    builder.sample(stacks[Math.floor(random() * nodes)]!, [1, 1_000_000], undefined, sample)
  }
  return builder.build({ duration: samples, period: 1_000_000 })
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Folding adds up all samples by stack, as the flame does: one tree of calls. */
const fold = (profile: Profile) => buildCallTree([profile])

function target(name: string, limit: number, task: () => unknown, reference: () => unknown): Target {
  const [time, unit] = fastest(task, reference)
  return atMost(name, time! / unit!, limit, ratio => ratio.toFixed(2))
}

function readCpuProfile(): Target {
  const text = writeCpuProfile(service(1, { nodes: 100_000, samples: 750_000 }))
  const bytes = new TextEncoder().encode(text)
  return target(
    `read and fold a .cpuprofile of ${megabytes(bytes.length)} / JSON.parse`,
    3,
    () => fold(readProfile(bytes).profile),
    () => JSON.parse(text),
  )
}

function readPprof(): Target {
  const bytes = gunzipSync(encodePprof(service(2, { nodes: 60_000, samples: 66_000 })))
  const samples = decodePprof(bytes).samples.stack.length
  return target(
    `read and fold a pprof of ${megabytes(bytes.length)} with ${samples} samples / decode it`,
    2,
    () => fold(decodePprof(bytes)),
    () => Pprof.decode(bytes),
  )
}

function matchTrees(): Target {
  const size = { nodes: 110_000, samples: 300_000 }
  const sides = [service(3, size), service(3, { ...size, root: '/home/me/other', shift: 40 })]
  const files = sides.map(side => new TextEncoder().encode(writeCpuProfile(side)))
  const read = () => files.map(file => fold(readProfile(file).profile))
  const [before, after] = read()
  const name = `match and diff two trees of ${before!.parent.length} nodes / read them`
  return target(name, 1, () => functionTable(uniteTrees(before!, after!)), read)
}

export const speed = (): Target[] => [readCpuProfile(), readPprof(), matchTrees()]
