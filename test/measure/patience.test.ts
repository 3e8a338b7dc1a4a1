import { expect, test } from 'vitest'
import { patience } from '../../harness/measure/driver/load/patience.ts'
import type { Sink } from '../../harness/model/capabilities.ts'

/** The result for requests that took this many milliseconds each, in slices of ten, with a time-out of 2 s. */
function given(times: number[]) {
  const watch = patience(2_000)
  const heard: number[] = []
  const failures: string[] = []
  const sink: Sink = {
    latency: (_, microseconds) => heard.push(microseconds / 1_000),
    failed: (_, kind) => failures.push(kind),
  }
  const ends: string[] = []
  for (let from = 0; from < times.length; from += 10) {
    const watched = watch(sink, ({ message }) => ends.push(message))
    for (const time of times.slice(from, from + 10)) {
      watched.latency(0, time * 1_000)
      if (time >= 2_000) watched.failed(0, 'error', 'it timed out')
    }
  }
  return { heard, failures, ends }
}

const quick = (count: number) => new Array<number>(count).fill(1)

test('ends a launch that leaves a tenth of its requests unanswered, at the second one', () => {
  const { ends } = given([...quick(500), 2_000, ...quick(9), 2_000])
  expect(ends).toEqual([
    'of 11 requests in a row, 2 were not answered within 2 s (the limit is `limits.request` of the scenario)',
  ])
})

test('accepts one in a hundred, and slow answers', () => {
  const rare = Array.from({ length: 10 }, () => [2_000, ...quick(99)]).flat()
  expect(given(rare).ends).toEqual([])
  expect(given(new Array(50).fill(1_999)).ends).toEqual([])
})

test('passes on what it hears', () => {
  expect(given([1, 2_000, 3])).toEqual({ heard: [1, 2_000, 3], failures: ['error'], ends: [] })
})

test('passes on everything else that a load reports', () => {
  const heard: [string, unknown[]][] = []
  const names = ['latency', 'failed', 'sent', 'dropped', 'renewed'] as const
  const noting = (name: string) => [name, (...said: unknown[]) => heard.push([name, said])]
  const sink = Object.fromEntries(names.map(noting)) as unknown as Sink
  const watched = patience(2_000)(sink, () => {}) as unknown as Record<string, (...of: unknown[]) => void>
  for (const name of names) watched[name]!(1, 2)
  expect(heard.map(([name, said]) => [name, said.slice(0, 1)])).toEqual(names.map(name => [name, [1]]))
  expect(heard.at(-1)).toEqual(['renewed', [1, 2]])
  expect(heard.at(-2)).toEqual(['dropped', [1, 2]])
})

test('a request that waited long to be sent has not timed out', () => {
  const ends: unknown[] = []
  const sink = patience(2_000)({ latency() {}, failed() {} }, error => ends.push(error))
  for (let i = 0; i < 5; i++) sink.latency(0, 9e6, { uncorrected: 1_000, at: 0 })
  expect(ends).toEqual([])
  for (let i = 0; i < 2; i++) sink.latency(0, 9e6, { uncorrected: 2e6, at: 0 })
  expect(ends).toHaveLength(1)
})
