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
  const groups = Map.groupBy(stack.keys(), at => {
    const own = labels.get(at)
    return own ? `${stack[at]}${JSON.stringify(own)}` : stack[at]!
  })
  const kept = [...groups.values()]
  const labelled = kept.flatMap(([first], to): [number, Labels][] => {
    const own = labels.get(first!)
    return own ? [[to, own]] : []
  })
  const sumsOf = (column: Float64Array) =>
    Float64Array.from(kept, group => group.reduce((total, at) => total + column[at]!, 0))
  return {
    ...profile,
    samples: {
      stack: Int32Array.from(kept, ([first]) => stack[first!]!),
      values: values.map(sumsOf),
      labels: new Map(labelled),
    },
  }
}
