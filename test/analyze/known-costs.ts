/** Runs whose functions have known costs. */
import { encodePprof } from '../../harness/formats/index.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

/** µs per request, by the functions on the stack; the place of each follows from its name. */
export type Costs = Record<string, number>

const FILES: [RegExp, string][] = [
  [/^app/, '/srv/app/server.js'],
  [/^lib/, '/srv/app/node_modules/lib/index.js'],
  [/^zip/, '/srv/app/node_modules/lib/node_modules/@zip/core/zip.js'],
  [/^node/, 'node:net'],
  [/^(native|\()/, ''],
]

function profile(costs: Costs): string {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  for (const [names, cost] of Object.entries(costs)) {
    let stack = -1
    for (const name of names.split(' ')) {
      const file = FILES.find(([pattern]) => pattern.test(name))![1]
      stack = builder.stack(stack, builder.location(builder.function(name, file, file ? name.length : 0)))
    }
    builder.sample(stack, [cost * 1e3])
  }
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

interface Known {
  /** µs of all threads per request; absent: not counted. */
  cpu?: number
  packages?: RunRecord['packages']
  sources?: RunRecord['sources']
  /** The function whose cost differs between the rounds of the variant, and by how much; default: less, on average. */
  noise?: string
  noises?: number[]
}

/** µs per request. */
export const LESS = [-4, 1, -6, 0, -5, -1]
export const MORE = [9, -4, 12, 1, 10, -4]
export const WILD = [16, -14, 17, -15, 14, -18]

export const changes = (...of: Parameters<typeof measured>) => profileChanges(measured(...of))

export function measured(before: Costs, after: Costs, known: Known = {}): RunRecord {
  const { cpu, packages, sources, noise, noises = LESS } = known
  const side = (variant: string, costs: Costs, round: number) => {
    const factor = 1 + round / 50
    const scaled = Object.fromEntries(Object.entries(costs).map(([names, cost]) => [names, cost * factor]))
    if (noise && variant === 'after') scaled[noise]! += noises[round - 1]!
    return launch(variant, {
      timed: slices({ requests: [1], ...(cpu && { cpu: [cpu * 1e3] }) }),
      collected: { cpu: { slices: slices({ requests: [1] }), profile: profile(scaled), figures: {} } },
    })
  }
  const rounds = [1, 2, 3, 4, 5, 6].map(round => [side('before', before, round), side('after', after, round)])
  return run(rounds, { plan: { ...plan, collectors: ['cpu'], seed: 1 }, packages, sources })
}

export const BASE: Costs = {
  'node:parse': 5,
  'app.handle': 10,
  'app.handle lib.parse': 20,
  'app.handle lib.parse native:slice': 4,
  'app.handle app.format': 10,
  '(program)': 3,
}
