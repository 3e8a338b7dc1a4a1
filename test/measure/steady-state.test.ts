import { describe, expect, it } from 'vitest'
import { evidence as evidenceOfAll, utilisation } from '../../harness/measure/driver/steady-state.ts'
import type { Slice } from '../../harness/model/launch.ts'
import { slice } from './slices.ts'

/** Evidence of one launch next to another one that is steady. */
const evidence = (launch: Slice[], requests: number, processorTime?: number) =>
  evidenceOfAll([launch, slices(launch.length, () => 27)], {
    requests,
    ...(processorTime !== undefined && { processorTime }),
  })[0]!

/** Slices of 500 requests: µs of CPU per request, of the compiler's threads, and KiB of code, by index. */
const slices = (
  count: number,
  cpu: (i: number) => number,
  compiler = (_: number) => 0.2,
  code = (_: number) => 3000,
) =>
  Array.from({ length: count }, (_, i) =>
    slice({
      mainCpu: cpu(i) * 500e3,
      cpu: (cpu(i) + compiler(i)) * 500e3,
      compilerCpu: compiler(i) * 500e3,
      codeSize: code(i) * 1024,
    }),
  )

describe('evidence of steady state', () => {
  it('is there when CPU is level, the compiler quiet and code does not grow', () => {
    expect(
      evidence(
        slices(40, () => 27),
        8000,
      ),
    ).toMatchObject({ settled: true })
  })

  it('requires a number of requests first', () => {
    expect(
      evidence(
        slices(15, () => 27),
        8000,
      ),
    ).toMatchObject({ settled: false, reason: expect.stringMatching(/7500 of at least 8000/) })
  })

  it('needs fewer requests when each of them takes long', () => {
    const slow = slices(20, () => 270)
    const evidenceFor = (processorTime: number) =>
      evidenceOfAll([slow, slow], { requests: 16_000, processorTime })
    expect(evidenceFor(2_600)[0]).toMatchObject({ settled: true })
    expect(evidenceFor(2_800)[0]).toMatchObject({ reason: expect.stringMatching(/10000 of at least 16000/) })
  })

  it('is missing after a step in CPU per request', () => {
    expect(
      evidence(
        slices(40, i => (i < 30 ? 33 : 27)),
        8000,
      ),
    ).toMatchObject({ reason: expect.stringMatching(/CPU per request still changes/) })
  })

  it('is missing while the compiler works', () => {
    const busy = slices(
      40,
      () => 27,
      i => (i > 34 ? 12 : 0.2),
    )
    expect(evidence(busy, 8000)).toMatchObject({ reason: expect.stringMatching(/compiler/) })
  })

  it('is missing while compiled code grows', () => {
    const growing = slices(
      40,
      () => 27,
      () => 0.2,
      i => 3000 + (i > 36 ? 60 : 0),
    )
    expect(evidence(growing, 8000)).toMatchObject({
      reason: expect.stringMatching(/compiled code still grows/),
    })
  })

  it('comes from wall time when there are no counters of kernel or agent', () => {
    const foreign = (wall: (i: number) => number) =>
      Array.from({ length: 40 }, (_, i) => slice({ wall: wall(i) * 500e3 }))
    expect(
      evidence(
        foreign(() => 50),
        8000,
      ),
    ).toMatchObject({ settled: true })
    expect(
      evidence(
        foreign(i => 90 - i),
        8000,
      ).settled,
    ).toBe(false)
  })

  it('does not mistake a change of the whole machine for one of the service', () => {
    const slower = slices(40, i => (i < 30 ? 27 : 40))
    const states = evidenceOfAll([slower, slower], { requests: 8000 })
    expect(states.map(({ settled }) => settled)).toEqual([true, true])
  })

  it('is not disturbed by one slow slice', () => {
    expect(
      evidence(
        slices(40, i => (i === 35 ? 90 : 27)),
        8000,
      ),
    ).toMatchObject({ settled: true })
  })
})

describe('a service that mostly waits', () => {
  /** Slices of 10 requests, by µs of CPU and of time per request. */
  const waiting = (count: number, cpu: (i: number) => number, wall: (i: number) => number, compiler = 0) =>
    Array.from({ length: count }, (_, i) =>
      slice({
        requests: 10,
        mainCpu: cpu(i) * 10e3,
        cpu: cpu(i) * 10e3,
        compilerCpu: compiler * 10e3,
        wall: wall(i) * 10e3,
      }),
    )
  const steady = waiting(
    200,
    () => 100,
    () => 850,
  )
  const stateOf = (slices: Slice[]) =>
    evidenceOfAll([slices, steady], { requests: 16_000, processorTime: 1_500 })[0]!

  it('has a steady latency long before its CPU per request is settled', () => {
    expect(stateOf(steady)).toEqual({
      settled: false,
      reason: '2000 of at least 16000 requests were answered',
      waits: true,
      latencySettled: true,
    })
  })

  it.each<[string, Slice[]]>([
    [
      'after less than half a second',
      waiting(
        50,
        () => 100,
        () => 850,
      ),
    ],
    [
      'while its latency changes',
      waiting(
        200,
        () => 100,
        i => 1_000 - i,
      ),
    ],
    [
      'while its CPU per request changes by more than is small in its latency',
      waiting(
        200,
        i => 250 - i,
        () => 850,
      ),
    ],
    [
      'while the compiler delays what is a large part of it',
      waiting(
        200,
        () => 100,
        () => 850,
        100,
      ),
    ],
  ])('has none %s', (_, slices) => {
    expect(stateOf(slices)).toMatchObject({ waits: true, latencySettled: false })
  })

  it('has a steady latency while the compiler delays what is a small part of it', () => {
    const slices = waiting(
      200,
      () => 100,
      () => 850,
      20,
    )
    expect(stateOf(slices)).toMatchObject({ settled: false, latencySettled: true })
  })

  it('may scatter, but not have twice the trend that is allowed', () => {
    const changed = (by: number, scatter: number) =>
      waiting(
        100,
        () => 100,
        i => 850 * (1 + (i < 75 ? 0 : by)) * (1 + scatter * ((i % 3) - 1)),
      )
    const settled = (by: number, scatter: number) => stateOf(changed(by, scatter)).latencySettled
    expect([settled(0.02, 0), settled(0.04, 0), settled(0.04, 0.1), settled(0.07, 0.5)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('is none that uses more than a quarter of a processor', () => {
    expect(
      stateOf(
        waiting(
          200,
          () => 300,
          () => 850,
        ),
      ),
    ).toMatchObject({ waits: false, latencySettled: false })
  })

  it('is none that lacks a processor, unless only its latency is gated', () => {
    const starved = steady.map(one => ({ ...one, runDelay: 200 * 10e3 }))
    const warmup = { requests: 16_000, processorTime: 1_500 }
    const waits = (latencyOnly: boolean) =>
      evidenceOfAll([starved, starved], { ...warmup, latencyOnly })[0]!.waits
    expect([false, true].map(waits)).toEqual([false, true])
  })

  const busier = waiting(
    200,
    () => 300,
    () => 850,
  )

  it('may use up to 70 % of one where only its latency is gated', () => {
    const warmup = { requests: 16_000, processorTime: 1_500, latencyOnly: true }
    expect(evidenceOfAll([busier, busier], warmup)[0]).toMatchObject({ waits: true, latencySettled: true })
  })

  it('counts at the rate of the measurement, if that is lower', () => {
    const at = (rate: number) =>
      evidenceOfAll([busier, busier], { requests: 16_000, processorTime: 1_500 }, rate)[0]!.waits
    // 300 µs for each of them.
    expect([500, 1_000, 5_000].map(at)).toEqual([true, false, false])
  })

  it('uses the processor time of its needs too', () => {
    // 300 of 850 µs of its own, and 250 µs of its database.
    const slices = busier.map(one => ({ ...one, 'needs.database.cpu': 250 * 10e3 }))
    const needs = ['needs.database.cpu', 'needs.cache.cpu']
    expect(utilisation(slices)).toBeCloseTo(300 / 850)
    expect(utilisation(slices, 500)).toBeCloseTo(0.15)
    expect(utilisation(slices, 500, needs)).toBeCloseTo(0.275)
  })

  it('is known by two slices, if they are long', () => {
    const known = (count: number, wall: number) =>
      stateOf(
        waiting(
          count,
          () => 100,
          () => wall,
        ),
      ).waits
    expect([known(2, 15_000), known(1, 30_000), known(2, 5_000)]).toEqual([true, false, false])
  })
})
