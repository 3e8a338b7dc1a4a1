import { expect, test } from 'vitest'
import { findings } from '../../harness/analyze/findings.ts'
import { evidence, launch, metricsOf, plan } from './records.ts'

interface Given {
  /** Per request. */
  main?: number
  pool?: number
  forced?: number
  /** Share of the time in which the main thread is found blocked. */
  blocked?: number
  /** Wait for a processor, as a share of the CPU time. */
  waited?: number
}

const REQUESTS = 100

function found({ main = 5, pool = 5, forced = 1, blocked = 0, waited = 0 }: Given) {
  const slices = [1, 2, 3]
  const every = (value: number) => slices.map(() => value)
  const side = (variant: string) => {
    const made = launch(variant, {
      timed: {
        requests: every(REQUESTS),
        wall: every(100e6),
        cpu: every(10e6),
        runDelay: every(10e6 * waited),
        mainVoluntarySwitches: every(main * REQUESTS),
        poolVoluntarySwitches: every(pool * REQUESTS),
        allForcedSwitches: every(forced * REQUESTS),
      },
    })
    return {
      ...made,
      collected: { ...made.collected, states: { slices: {}, seen: {}, figures: { blocked } } },
    }
  }
  const rounds = Array.from({ length: 4 }, () => [side('before'), side('after')])
  return findings(evidence(rounds, { plan }), metricsOf('cpu.perRequest'))
    .filter(({ code }) => code === 'switch-storm')
    .map(({ message }) => message)
}

test.each<[string, Given, RegExp]>([
  ['a lock', { main: 200, blocked: 0.3 }, /main thread stops 200 times per request/],
  ['small tasks', { pool: 90 }, /thread pool stops 90\.0 times per request/],
  [
    'too few processors',
    { forced: 30, waited: 0.5 },
    /interrupted 30\.0 times per request and wait 50 % as long/,
  ],
])('threads that stop and go on again for %s are a finding', (_, given, pattern) => {
  expect(found(given)).toEqual([expect.stringMatching(pattern)])
})

test.each<[string, Given]>([
  ['waits for many answers', { main: 200 }],
  ['is interrupted by what hardly takes its time', { forced: 30, waited: 0.1 }],
  ['does neither', {}],
])('a service that %s has none', (_, given) => {
  expect(found(given)).toEqual([])
})

test('what could not be seen is told', () => {
  const seen = (collector: string, figures: Record<string, number>) => {
    const made = launch('before')
    const collected = { [collector]: { slices: {}, seen: {}, figures } }
    return findings(evidence([[{ ...made, collected }]], { plan }), [])
      .filter(({ code }) => code === 'unnamed-frames' || code === 'followed-in-part')
      .map(({ message }) => message)
  }
  expect(seen('off-cpu', { unknown: 0.4 })).toEqual([expect.stringMatching(/: 40 % of off-cpu\.$/)])
  expect(seen('system', { unknown: 0.05 })).toEqual([])
  expect(seen('waits', { followed: 100, cut: 12 })).toEqual([expect.stringMatching(/^12 % of the requests/)])
  expect(seen('waits', { followed: 100, cut: 2 })).toEqual([])
})
