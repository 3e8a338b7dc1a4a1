/** Adding up: several profiles as one, and equal samples of one profile. */
import type { Labels, Profile } from '../model/profile.ts'
import { sum } from '../stats/describe.ts'
import { ProfileBuilder } from './builder.ts'
import { ProfileError } from './error.ts'

/** Several profiles of one kind, such as those of a cluster's processes, as one; times are dropped. */
export function mergeProfiles(profiles: readonly Profile[]): Profile {
  const [first] = profiles
  if (!first) throw new ProfileError('There is no profile to merge.')
  const builder = new ProfileBuilder(first.valueTypes)
  for (const profile of profiles) {
    if (kind(profile) !== kind(first))
      throw new ProfileError(`Profiles of ${kind(first)} and of ${kind(profile)} cannot be merged.`)
    addSamples(builder, profile)
  }
  return builder.build({
    duration: sum(profiles.map(({ duration }) => duration)),
    period: first.period,
    comments: [...new Set(profiles.flatMap(({ comments }) => comments))],
  })
}

const kind = ({ valueTypes }: Profile): string =>
  valueTypes.map(({ type, unit }) => `${type}/${unit}`).join(', ')

function addSamples(builder: ProfileBuilder, profile: Profile): void {
  const { strings, functions, locations, stacks, samples } = profile
  const fns = functions.name.map((name, at) =>
    builder.function(strings[name], strings[functions.file[at]!], functions.line[at], functions.column[at]),
  )
  const places = locations.function.map((fn, at) => builder.location(fns[fn]!, locations.line[at]))
  const moved = new Int32Array(stacks.parent.length)
  for (let at = 0; at < moved.length; at++) {
    const parent = stacks.parent[at]!
    moved[at] = builder.stack(parent === -1 ? -1 : moved[parent]!, places[stacks.location[at]!]!)
  }
  samples.stack.forEach((stack, at) => {
    const values = samples.values.map(column => column[at]!)
    builder.sample(stack === -1 ? -1 : moved[stack]!, values, samples.labels.get(at))
  })
}

/** The same profile with one sample per stack and labels; values are added up, times dropped. */
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
      for (const column of sums) column.push(0)
      if (own) kept.set(to, own)
    }
    for (let type = 0; type < values.length; type++) sums[type]![to]! += values[type]![at]!
  }
  return {
    ...profile,
    samples: {
      stack: new Int32Array(stacks),
      values: sums.map(column => new Float64Array(column)),
      labels: kept,
    },
  }
}
