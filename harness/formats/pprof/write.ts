import { gzipSync } from 'node:zlib'
import * as pprof from 'pprof-format'
import type { Labels, Profile } from '../../model/profile.ts'
import { aggregate, framesOf } from '../../profile/index.ts'
import { anonymousName, systemName } from './function-names.ts'

/**
 * Writes gzipped pprof. Samples with the same stack and labels become one, so their order and times are lost.
 * Values are rounded to whole numbers. `labels` (scenario, variant, round …) go on every sample.
 */
export function encodePprof(profile: Profile, labels: Labels = {}): Uint8Array<ArrayBuffer> {
  const strings = new pprof.StringTable()
  const types = profile.valueTypes.map(({ type, unit }) => {
    // An empty message would be dropped on writing, and the column with it.
    return new pprof.ValueType({ type: strings.dedup(type || 'unnamed'), unit: strings.dedup(unit) })
  })
  const message = new pprof.Profile({
    sampleType: types,
    sample: writeSamples(profile, labels, strings),
    // Without a mapping, tools treat functions as unresolved addresses and look for a binary.
    mapping: [new pprof.Mapping({ id: 1, hasFunctions: true, hasFilenames: true, hasLineNumbers: true })],
    location: writeLocations(profile),
    function: writeFunctions(profile, strings),
    stringTable: strings,
    durationNanos: Math.round(profile.duration * 1e6),
    periodType: types.at(-1) ?? new pprof.ValueType({}),
    period: Math.round(profile.period),
    comment: profile.comments.map(comment => strings.dedup(comment)),
    defaultSampleType: types.at(-1)?.type ?? 0,
  })
  return gzipSync(message.encode())
}

function writeLocations({ locations }: Profile): pprof.Location[] {
  return Array.from(locations.function, (fn, at) => {
    const line = new pprof.Line({ functionId: fn + 1, line: locations.line[at]! })
    return new pprof.Location({ id: at + 1, mappingId: 1, line: [line] })
  })
}

function writeFunctions(profile: Profile, strings: pprof.StringTable): pprof.Function[] {
  return framesOf(profile).map(
    (frame, at) =>
      new pprof.Function({
        id: at + 1,
        name: strings.dedup(frame.name || anonymousName(frame)),
        systemName: strings.dedup(systemName(frame)),
        filename: strings.dedup(frame.file),
        startLine: frame.line,
      }),
  )
}

function writeSamples(profile: Profile, labels: Labels, strings: pprof.StringTable): pprof.Sample[] {
  const { parent, location } = profile.stacks
  const { samples } = aggregate(profile)
  const common = writeLabels(labels, strings)
  return Array.from(samples.stack, (leaf, at) => {
    const locationId: number[] = []
    for (let node = leaf; node !== -1; node = parent[node]!) locationId.push(location[node]! + 1)
    const own = samples.labels.get(at)
    return new pprof.Sample({
      locationId,
      value: samples.values.map(column => Math.round(column[at]!)),
      // A sample's own labels win over those for all samples.
      label: own ? writeLabels({ ...labels, ...own }, strings) : common,
    })
  })
}

function writeLabels(labels: Labels, strings: pprof.StringTable): pprof.Label[] {
  return Object.entries(labels).map(([name, label]) => {
    const key = strings.dedup(name)
    if (typeof label === 'string') return new pprof.Label({ key, str: strings.dedup(label) })
    if (typeof label === 'number') return new pprof.Label({ key, num: Math.round(label) })
    return new pprof.Label({ key, num: Math.round(label.value), numUnit: strings.dedup(label.unit) })
  })
}
