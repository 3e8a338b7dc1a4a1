import type { Labels, Profile } from '../model/profile.ts'

/** The same profile with one sample per stack and labels, values added up; times are dropped. */
export function aggregate(profile: Profile): Profile {
  const { stack, values, labels } = profile.samples
  const index = new Map<number | string, number>()
  const stacks: number[] = []
  const sums: number[][] = values.map(() => [])
  const kept = new Map<number, Labels>()
  for (let at = 0; at < stack.length; at++) {
    const own = labels.get(at)
    const key = own ? `${stack[at]}${JSON.stringify(own)}` : stack[at]!
    let to = index.get(key)
    if (to === undefined) {
      to = stacks.push(stack[at]!) - 1
      index.set(key, to)
      for (const sum of sums) sum.push(0)
      if (own) kept.set(to, own)
    }
    for (let type = 0; type < values.length; type++) sums[type]![to]! += values[type]![at]!
  }
  const columns = sums.map(sum => new Float64Array(sum))
  return { ...profile, samples: { stack: new Int32Array(stacks), values: columns, labels: kept } }
}
