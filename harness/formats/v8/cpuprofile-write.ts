import type { Profile } from '../../model/profile.ts'
import { ProfileError } from '../../profile/error.ts'
import { v8Nodes } from './nodes.ts'

/** Microseconds in a unit of time. */
const MICROS: Record<string, number> = { nanoseconds: 1e-3, microseconds: 1, milliseconds: 1e3, seconds: 1e6 }

/**
 * Writes `.cpuprofile` from the last value type, which must be a time. Samples that stand for several are written
 * as several; without times of their own, samples follow each other.
 */
export function writeCpuProfile(profile: Profile): string {
  const { nodes, place } = v8Nodes(profile)
  const { samples, stacks, locations } = profile
  const ticks = nodes.map(() => new Map<number, number>())
  const hits = new Float64Array(nodes.length)
  const chain = timeline(profile)
  const ids = chain.sample.map(at => {
    const stack = samples.stack[at]!
    const node = stack === -1 ? 0 : place[stack]!
    const line = stack === -1 ? 0 : locations.line[stacks.location[stack]!]!
    hits[node]!++
    if (line > 0) ticks[node]!.set(line, (ticks[node]!.get(line) ?? 0) + 1)
    return node + 1
  })
  return JSON.stringify({
    nodes: nodes.map(({ callFrame, children }, at) => ({
      id: at + 1,
      callFrame,
      hitCount: hits[at],
      ...(children.length > 0 && { children: children.map(child => child + 1) }),
      ...(ticks[at]!.size > 0 && {
        positionTicks: Array.from(ticks[at]!, ([line, count]) => ({ line, ticks: count })),
      }),
    })),
    startTime: 0,
    endTime: chain.end,
    samples: ids,
    timeDeltas: chain.time.map((time, at) => time - (chain.time[at - 1] ?? 0)),
  })
}

interface Timeline {
  /** Index of a sample of the profile, once for each sample to be written. */
  sample: number[]
  /** µs since the beginning, whole. */
  time: number[]
  end: number
}

function timeline(profile: Profile): Timeline {
  const { unit } = profile.valueTypes.at(-1)!
  const micros = MICROS[unit]
  if (micros === undefined) throw new ProfileError(`A .cpuprofile holds time; this profile holds ${unit}.`)
  const { time } = profile.samples
  const values = profile.samples.values.at(-1)!
  const line: Timeline = { sample: [], time: [], end: 0 }
  let now = 0
  for (let at = 0; at < values.length; at++) {
    const count = time ? 1 : repeats(profile, at)
    if (time) now = time[at]! * 1000
    for (let part = 0; part < count; part++) {
      line.sample.push(at)
      line.time.push(Math.round(now))
      now += (values[at]! * micros) / count
    }
  }
  line.end = Math.round(time ? Math.max(now, profile.duration * 1000) : now)
  return line
}

/** How many samples one stands for: its count where there is one, or as many as the period says. */
function repeats({ valueTypes, samples, period }: Profile, at: number): number {
  const counted = valueTypes.findIndex(({ unit }) => unit === 'count')
  const count = counted === -1 ? samples.values.at(-1)![at]! / period : samples.values[counted]![at]!
  return Number.isFinite(count) ? Math.max(1, Math.round(count)) : 1
}
