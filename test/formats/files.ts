import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type ReadProfile, readProfile } from '../../harness/formats/read.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, type CallTree } from '../../harness/profile/index.ts'

const FOLDER = join(import.meta.dirname, 'files')

/** Path of a file in `files/`, or of a folder there. */
export const filePath = (name: string): string => join(FOLDER, name)

export const fileBytes = (name: string): Buffer<ArrayBuffer> => readFileSync(join(FOLDER, name))

export const fileText = (name: string): string =>
  (name.endsWith('.gz') ? gunzipSync(fileBytes(name)) : fileBytes(name)).toString()

export const fileJson = (name: string) => JSON.parse(fileText(name))

/** How the names of files end, by format. */
const ENDINGS: [RegExp, ReadProfile['format']][] = [
  [/\.cpuprofile$/, 'cpuprofile'],
  [/\.heapprofile$/, 'heapprofile'],
  [/\.pb\.gz$/, 'pprof'],
  [/\.folded$/, 'folded'],
  [/\.speedscope\.json$/, 'speedscope'],
  [/\.trace\.json(\.gz)?$/, 'chrome trace'],
  [/^perf-script\.txt\.gz$/, 'perf script'],
]

export const formatOf = (name: string): ReadProfile['format'] | undefined =>
  ENDINGS.find(([ending]) => ending.test(name))?.[1]

/** Names of the files that are profiles. */
export const PROFILE_FILES = readdirSync(FOLDER).filter(name => formatOf(name) !== undefined)

export const read = (name: string): Profile => readProfile(fileBytes(name)).profile

export const callTree = (name: string): CallTree =>
  buildCallTree([read(name)], { without: ({ name }) => name === '(idle)' })

export const sum = (values: Iterable<number>): number =>
  [...values].reduce((total, value) => total + value, 0)

/** What a profile says whatever its tables look like: values by stack, functions with their places. */
export function canonical(profile: Profile, { lines = true, types = profile.valueTypes.length } = {}) {
  const { strings, functions, locations, stacks, samples } = profile
  const frame = (location: number) => {
    const fn = locations.function[location]!
    const place = `${strings[functions.file[fn]!]}:${functions.line[fn]}:${functions.column[fn]}`
    return `${strings[functions.name[fn]!]} ${place}${lines ? ` @${locations.line[location]}` : ''}`
  }
  const said = new Map<string, number[]>()
  samples.stack.forEach((leaf, at) => {
    const frames: string[] = []
    for (let node = leaf; node !== -1; node = stacks.parent[node]!) frames.push(frame(stacks.location[node]!))
    const key = [frames.reverse().join(';'), JSON.stringify(samples.labels.get(at) ?? {})].join(' ')
    const values = samples.values.slice(-types).map(column => column[at]!)
    const known = said.get(key)
    said.set(key, known ? known.map((value, type) => value + values[type]!) : values)
  })
  // A stack that was given nothing is nothing: some formats have no place for it.
  const given = [...said].filter(([, values]) => values.some(value => value !== 0))
  return { types: profile.valueTypes.slice(-types), said: Object.fromEntries(given.sort()) }
}
