/** Files of `--cpu-prof-dir`: threads and processes side by side are parts of one profile, runs one after the other are not. */
import { describe, expect, test } from 'vitest'
import type { ProfileFile } from '../../harness/model/diff.ts'
import { ProfileBuilder } from '../../harness/pprof/index.ts'
import { joinParts } from '../../harness/store/replicates.ts'

/** Samples of one function, in a profile of 500 ms. */
function file(name: string, start?: number): ProfileFile {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('work'))), [100])
  const profile = builder.build({ duration: 500 })
  return {
    path: `/x/${name}`,
    format: 'cpuprofile',
    profile,
    repaired: 1,
    ...(start !== undefined && { start }),
  }
}

const cpu = (pid: number, thread: number, start: number, time = '091409') =>
  file(`CPU.20261128.${time}.${pid}.${thread}.00${thread + 1}.cpuprofile`, start)

const sizes = (files: ProfileFile[]) => joinParts(files).map(({ parts = 1 }) => parts)

describe('profiles of one folder', () => {
  test('threads of a process are one, with their sum, and its duration is no longer', () => {
    const [only, ...rest] = joinParts([cpu(7, 0, 1_000), cpu(7, 1, 1_100), cpu(7, 2, 1_200)])
    expect(rest).toEqual([])
    expect(only).toMatchObject({ parts: 3, repaired: 3, profile: { duration: 500 } })
    expect([...only!.profile.samples.values[0]!].reduce((a, b) => a + b)).toBe(300)
  })

  test('threads of a heap profile, which has no times, are one too', () => {
    const heap = (pid: number, thread: number) =>
      file(`Heap.20261128.091410.${pid}.${thread}.00${thread + 1}.heapprofile`)
    expect(sizes([heap(7, 0), heap(7, 1), heap(8, 0), heap(8, 1)])).toEqual([2, 2])
  })

  test('processes that ran at the same time are one: a cluster', () => {
    expect(sizes([cpu(7, 0, 1_000), cpu(8, 0, 1_050), cpu(9, 0, 1_100)])).toEqual([3])
  })

  test('runs one after the other are repetitions, within a second too', () => {
    expect(sizes([cpu(7, 0, 1_000), cpu(7, 1, 1_000), cpu(8, 0, 1_600), cpu(8, 1, 1_600)])).toEqual([2, 2])
  })

  test('machines whose clocks happen to agree are not one', () => {
    expect(sizes([cpu(7, 0, 1_000, '091409'), cpu(8, 0, 1_050, '101500')])).toEqual([1, 1])
  })

  test('a thread that comes again is that of another process with the same number', () => {
    expect(sizes([cpu(7, 0, 1_000, '091409'), cpu(7, 0, 90_000, '091538')])).toEqual([1, 1])
  })

  test('files of other names are one profile each', () => {
    expect(sizes([file('a.cpuprofile', 1_000), file('b.cpuprofile', 1_000)])).toEqual([1, 1])
  })
})
