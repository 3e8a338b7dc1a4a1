import { expect, test } from 'vitest'
import { limitsOf } from '../../harness/scenario/limits.ts'

const planned = { target: { timeout: 4_000, gracefulShutdown: 300 }, warmup: { timeout: 5_000 } }

test('a plan without limits has the defaults, and the limits of its other settings', () => {
  expect(limitsOf(planned)).toEqual({
    boot: 4_000,
    readiness: 4_000,
    warmup: 5_000,
    request: 10_000,
    slice: 30_000,
    profilerStop: 60_000,
    shutdown: 300,
    prepare: 600_000,
    seed: 120_000,
    reset: 20_000,
  })
})

test('a quick run waits less for answers; the scenario’s own limits take precedence', () => {
  expect(limitsOf({ ...planned, quick: true })).toMatchObject({ request: 2_000, slice: 10_000 })
  expect(limitsOf({ ...planned, quick: true, limits: { request: 3_000 } })).toMatchObject({
    request: 3_000,
    slice: 10_000,
  })
})

test('a slice may take as long as a few requests', () => {
  expect(limitsOf({ ...planned, limits: { request: 20_000 } }).slice).toBe(60_000)
  expect(limitsOf({ ...planned, limits: { request: 20_000, slice: 25_000 } }).slice).toBe(25_000)
})
