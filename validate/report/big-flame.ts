/** The united call trees of a large service: many functions, deep stacks, most of the cost in few places. */
import type { Flame } from '../../harness/model/flame.ts'
import { seededRandom } from '../../harness/stats/random.ts'

const FUNCTIONS = 3_000
const CALLEES = 6
const CATEGORIES = ['application', 'dependency', 'node', 'v8'] as const

/** The same tree for the same number of nodes: stacks are walks through one call graph, 8 to 50 deep. */
export function bigFlame(nodes: number): Flame {
  const random = seededRandom(nodes)
  const parent = [-1]
  const frame = [0]
  const before = [0]
  const after = [0]
  const known = new Map<number, number>()
  const call = (at: number): number => {
    // Every function has few callees, and most calls go to the first of them.
    const callee = 1 + ((frame[at]! * 31 + Math.floor(random() ** 2 * CALLEES) * 577) % (FUNCTIONS - 1))
    const key = at * FUNCTIONS + callee
    const child = known.get(key) ?? parent.length
    if (child === parent.length) {
      known.set(key, child)
      parent.push(at)
      frame.push(callee)
      before.push(0)
      after.push(0)
    }
    return child
  }
  while (parent.length < nodes) {
    let at = 0
    for (let depth = 8 + random() * 42; depth > 0 && parent.length < nodes; depth--) at = call(at)
    const side = random()
    if (side < 0.9) before[at]! += 1 / nodes
    if (side > 0.1) after[at]! += (0.9 + 0.3 * random()) / nodes
  }
  const [whole, changed] = [totals(parent, before), totals(parent, after)]
  const change = changed.map((total, i) => total - whole[i]!)
  return {
    variant: 'safe',
    baseline: 'json',
    collector: 'cpu',
    unit: 'ms',
    frames: Array.from({ length: FUNCTIONS }, (_, i) => ({
      function: i === 0 ? '(root)' : `function${i}Of${CATEGORIES[i % 4]}`,
      file: `/srv/service/node_modules/package${i % 90}/lib/file${i % 400}.js`,
      line: (i * 7) % 900,
      category: CATEGORIES[i % 4]!,
      match: 'exact',
    })),
    parent,
    frame,
    before,
    after,
    low: change.map(it => it - 1.5 * random() * Math.abs(it)),
    high: change.map(it => it + 1.5 * random() * Math.abs(it)),
  }
}

function totals(parent: number[], self: number[]): number[] {
  const sum = [...self]
  for (let i = sum.length - 1; i > 0; i--) sum[parent[i]!]! += sum[i]!
  return sum
}
