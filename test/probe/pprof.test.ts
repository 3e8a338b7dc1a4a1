/** The probe's own writer of pprof, held against the readers of the house. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodePprof, readCpuProfile, readProfile } from '../../harness/formats/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { cut } from '../../harness/probe/worker/cut.cjs'
import { encodeSpace, encodeTime } from '../../harness/probe/worker/pprof.cjs'
import { buildCallTree, functionTable, windowOf } from '../../harness/profile/index.ts'

const FILES = join(import.meta.dirname, '..', 'formats', 'files')
const json = (name: string) => JSON.parse(readFileSync(join(FILES, name), 'utf8'))
const CPU = json('node26.cpuprofile')

const WINDOW = {
  kind: 'window',
  service: 'shop',
  host: 'a',
  pid: 7,
  startedAt: '2026-11-29T12:00:00.000Z',
  duration: 300,
  requests: 12,
  errors: 0,
}
const about = {
  comment: `flamegate-window ${JSON.stringify(WINDOW)}`,
  startedAt: new Date(WINDOW.startedAt),
  duration: 300,
  hashNames: false,
}

/** Self time of each function in ms, by name and place. */
function functionsOf(profile: Profile): Record<string, number> {
  const tree = buildCallTree([profile])
  const self = functionTable(tree).self[0]!
  return Object.fromEntries(
    tree.frames
      .map(
        ({ name, file, line, column }, at) => [`${name} ${file}:${line}:${column}`, self[at]! / 1e6] as const,
      )
      .filter(([, ms]) => ms > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

describe('a CPU profile', () => {
  const written = decodePprof(encodeTime(CPU, about))

  test('has the functions and times that the file has', () => {
    const [ours, theirs] = [functionsOf(written), functionsOf(readCpuProfile(CPU).profile)]
    expect(Object.keys(ours)).toEqual(Object.keys(theirs))
    for (const [name, ms] of Object.entries(theirs)) expect(ours[name], name).toBeCloseTo(ms, 3)
  })

  test('says what its window was, how long it was, and where samples were', () => {
    expect(windowOf(written)).toEqual({ ...WINDOW, routes: [] })
    expect(written.duration).toBe(300)
    expect(written.valueTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ])
    expect(written.locations.line.some(line => line > 0)).toBe(true)
  })

  test('can hide the names of functions and files, but not those of V8 and Node', () => {
    const hidden = decodePprof(encodeTime(CPU, { ...about, hashNames: true }))
    expect(hidden.strings.some(text => text.includes('/srv/shop'))).toBe(false)
    expect(hidden.strings).toContain('(garbage collector)')
    expect(hidden.strings.some(text => text.startsWith('node:'))).toBe(true)
    expect(functionTable(buildCallTree([hidden])).self[0]!.length).toBe(
      functionTable(buildCallTree([written])).self[0]!.length,
    )
  })

  test('of stretches has the time of the stretches', () => {
    const length = CPU.endTime - CPU.startTime
    const at = (share: number) => CPU.startTime + share * length
    const stretches = [
      { from: at(0.75), to: at(0.9) },
      { from: at(0.25), to: at(0.3) },
      { from: at(0.8), to: at(0.95) },
    ]
    const part = decodePprof(encodeTime(cut(CPU, stretches), about))
    const all = Object.values(functionsOf(part)).reduce((sum, ms) => sum + ms, 0)
    expect(all).toBeCloseTo((0.25 * length) / 1e3, 1)
    const none = cut(CPU, [{ from: CPU.endTime + 1, to: CPU.endTime + 2 }])
    expect(none.samples).toEqual([])
    const open = cut(CPU, [{ from: 0, to: Number.POSITIVE_INFINITY }])
    expect(open.samples).toEqual(CPU.samples)
  })
})

test('sampled allocations have the bytes that the file has', () => {
  const heap = json('node26.heapprofile')
  const written = decodePprof(encodeSpace(heap, 'alloc_space', about))
  expect(written.valueTypes).toEqual([{ type: 'alloc_space', unit: 'bytes' }])
  expect(functionsOf(written)).toEqual(
    functionsOf(readProfile(readFileSync(join(FILES, 'node26.heapprofile'))).profile),
  )
})
