/** Folders of profiles: which files are repetitions, and which are parts. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFolded } from '../../harness/formats/folded.ts'
import type { ProfileFile } from '../../harness/model/diff.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { measurements, type Part } from '../../harness/store/measurements.ts'
import { readProfiles } from '../../harness/store/profiles.ts'
import { filePath, sum } from '../formats/files.ts'
import { folderWith } from '../plan/world.ts'

const whole = ({ samples }: Profile) => sum(samples.values.at(-1)!)

/** The names of the files of each measurement. */
const grouped = (files: ProfileFile[]) => files.map(({ path, parts }) => parts ?? [path])

describe('what Node wrote', () => {
  test.each([
    ['workers', 3],
    ['heap-workers', 3],
    ['cluster', 4],
  ])('%s: one measurement, which is the sum of its files', async (folder, count) => {
    const files = await readProfiles(filePath(folder))
    expect(files).toHaveLength(1)
    expect(files[0]!.parts).toHaveLength(count)
    const alone = await Promise.all(
      files[0]!.parts!.map(async name => (await readProfiles(join(filePath(folder), name)))[0]!),
    )
    expect(whole(files[0]!.profile)).toBeCloseTo(sum(alone.map(({ profile }) => whole(profile))), 3)
    // It took as long as the longest of them, since the main thread outlived the others.
    const longest = Math.max(...alone.map(({ profile }) => profile.duration))
    expect(files[0]!.profile.duration).toBeCloseTo(longest, 3)
  })

  test('folders are one measurement each, next to single profiles', async () => {
    const folder = await folderWith({ 'package.json': '{"type":"module"}' })
    const runs = join(folder, 'runs')
    await cp(filePath('heap-workers'), join(runs, 'first'), { recursive: true })
    await cp(filePath('heap-workers'), join(runs, 'second'), { recursive: true })
    await cp(filePath('node26.heapprofile'), join(runs, 'third.heapprofile'))
    const files = await readProfiles(runs)
    expect(files.map(({ path, parts }) => [path.slice(runs.length + 1), parts?.length])).toEqual([
      ['first', 3],
      ['second', 3],
      ['third.heapprofile', undefined],
    ])
  })

  test('profiles of two kinds in one folder are not added up', async () => {
    const folder = await folderWith({})
    await cp(filePath('workers'), join(folder, 'both'), { recursive: true })
    await cp(filePath('heap-workers'), join(folder, 'both'), { recursive: true })
    expect(grouped(await readProfiles(join(folder, 'both'))).map(parts => parts.length)).toEqual([3, 3])
    await cp(join(folder, 'both'), join(folder, 'nested/run'), { recursive: true })
    await expect(readProfiles(join(folder, 'nested'))).rejects.toThrow(/cannot be merged/)
  })

  test('a thread that had nothing to do is a part; a measurement in which nothing was recorded is refused', async () => {
    const nothing =
      '{"head":{"callFrame":{"functionName":"(root)"},"selfSize":0,"id":1,"children":[]},"samples":[]}'
    const some = nothing.replace('"selfSize":0', '"selfSize":64')
    const folder = await folderWith({
      'one/Heap.20261128.090000.7.0.001.heapprofile': some,
      'one/Heap.20261128.090000.7.1.002.heapprofile': nothing,
      'two/Heap.20261128.090000.7.0.001.heapprofile': some,
      'two/Heap.20261128.090500.8.0.001.heapprofile': nothing,
    })
    expect(grouped(await readProfiles(join(folder, 'one'))).map(parts => parts.length)).toEqual([2])
    await expect(readProfiles(join(folder, 'two'))).rejects.toMatchObject({
      message: expect.stringMatching(/no samples/),
      place: expect.stringMatching(/\.8\.0\.001\.heapprofile$/),
    })
  })

  test('a recording of Instruments is a folder, and named', async () => {
    const folder = await folderWith({ 'app.trace/form.template': 'x' })
    await expect(readProfiles(join(folder, 'app.trace'))).rejects.toThrow(/Instruments/)
  })
})

describe('measurements', () => {
  const profile = readFolded('main 1\n')
  const part = (path: string, start?: number, end?: number): Part => ({
    path,
    format: 'cpuprofile',
    profile,
    repaired: 0,
    ...(start !== undefined && { recorded: { start, end: end! } }),
  })
  const cpu = (time: string, pid: number, thread: number, start: number, end: number) =>
    part(`CPU.20261128.${time}.${pid}.${thread}.00${thread + 1}.cpuprofile`, start, end)
  const heap = (time: string, pid: number, thread: number): Part => ({
    ...part(`Heap.20261128.${time}.${pid}.${thread}.00${thread + 1}.heapprofile`),
    format: 'heapprofile',
  })
  const at = (second: number) => new Date(2026, 10, 28, 9).getTime() + second * 1000
  const written = (second: number, it: Part): Part => ({ ...it, changed: at(second) })
  const sizes = (parts: Part[]) => grouped(measurements(parts)).map(names => names.length)

  test.each<[string, Part[], number[]]>([
    [
      'six runs, one after the other',
      Array.from({ length: 6 }, (_, i) => cpu(`09000${i}`, 100 + i, 0, i * 1000, i * 1000 + 900)),
      [1, 1, 1, 1, 1, 1],
    ],
    [
      'whatever they are called',
      [part('a.cpuprofile', 0.5, 900), part('b.cpuprofile', 100, 800), part('c.cpuprofile', 1000, 1900)],
      [2, 1],
    ],
    [
      'a service that was replaced while it still ran',
      [part('a', 1, 1000), part('b', 900, 1900), part('c', 1800, 2800)],
      [1, 1, 1],
    ],
    [
      'workers of a cluster that followed one another, held together by the primary',
      [part('worker-1', 10, 400), part('worker-2', 500, 900), part('primary', 1, 1000)],
      [3],
    ],
    [
      'threads of a process that followed one another, without the main thread',
      [cpu('090000', 7, 1, 0.5, 100), cpu('090001', 7, 2, 200, 300)],
      [2],
    ],
    [
      'runs in containers, where every process has the number 1',
      [
        ...[cpu('090000', 1, 0, 1, 900), cpu('090000', 1, 1, 100, 800)],
        ...[cpu('090001', 1, 0, 1000, 1900), cpu('090001', 1, 1, 1100, 1800)],
      ],
      [2, 2],
    ],
    ['profiles without a known time', [part('a'), part('b'), part('c')], [1, 1, 1]],
    [
      'heap profiles of a process and its threads, whenever those began',
      [heap('090000', 7, 0), heap('090030', 7, 1), heap('090100', 7, 2)],
      [3],
    ],
    ['heap profiles of a cluster', [heap('090000', 7, 0), heap('090001', 8, 0), heap('090001', 9, 0)], [3]],
    [
      'heap profiles of runs, one after the other',
      [heap('090000', 7, 0), heap('090010', 8, 0), heap('090020', 9, 0)],
      [1, 1, 1],
    ],
    [
      'heap profiles of short runs, which were written before the next began',
      [
        written(1.2, heap('090000', 7, 0)),
        written(2.4, heap('090001', 8, 0)),
        written(3.6, heap('090002', 9, 0)),
      ],
      [1, 1, 1],
    ],
    [
      'heap profiles of a cluster, which were written at its end, or copied later',
      [written(9, heap('090000', 7, 0)), written(9, heap('090001', 8, 0)), written(99, heap('090001', 9, 0))],
      [3],
    ],
    [
      'heap profiles that were recorded in another time zone',
      [written(-3600, heap('090000', 7, 0)), written(-3599, heap('090001', 8, 0))],
      [2],
    ],
  ])('%s', (_, parts, wanted) => {
    expect(sizes(parts)).toEqual(wanted)
  })

  test('repairs are added up, and the time is that from the first start to the last end', () => {
    const [one] = measurements([
      { ...part('a', 1, 601), repaired: 2 },
      { ...part('b', 101, 901), repaired: 3 },
    ])
    expect(one).toMatchObject({ repaired: 5, parts: ['a', 'b'], profile: { duration: 900 } })
    expect(one).not.toHaveProperty('recorded')
  })
})
