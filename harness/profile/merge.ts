import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'

/** Several profiles of one kind, for example of a cluster's processes, as one; times are not kept. */
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
    duration: profiles.reduce((sum, { duration }) => sum + duration, 0),
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
