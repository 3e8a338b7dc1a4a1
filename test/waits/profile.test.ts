import { expect, test } from 'vitest'
import type { FollowedRequests } from '../../harness/model/waits.ts'
import { framesOf } from '../../harness/profile/index.ts'
import { waitProfile } from '../../harness/waits/profile.ts'

const SEEN: FollowedRequests = {
  began: 0,
  seen: 10,
  requests: [],
  causes: [{ kind: 'timer' }],
  stacks: [[0, 1]],
  frames: [
    { name: 'pause', file: '/app/a.js', line: 4, startLine: 3, startColumn: 1 },
    { name: 'handle', file: '/app/a.js', line: 9, startLine: 7, startColumn: 1 },
  ],
  pauses: { from: [], to: [] },
  pool: { threads: 4, busy: {}, time: 0 },
}

test('the times of some requests stand for all of them, work apart from waits', () => {
  const parts = [
    { kind: 'wait' as const, cause: 0, stack: 0, time: 4 },
    { kind: 'own' as const, stack: -1, time: 1 },
  ]
  const profile = waitProfile(
    [
      { latency: 5, parts, isTypical: true, isSlow: false },
      { latency: 5, parts, isTypical: false, isSlow: true },
    ],
    SEEN,
  )
  expect(profile.valueTypes.map(({ type }) => type)).toEqual(['typical', 'slow', 'wait'])
  const [typical, slow, wait] = profile.samples.values.map(
    column => column.reduce((sum, ns) => sum + ns, 0) / 1e6,
  )
  expect([typical, slow]).toEqual([5, 5])
  // Two requests of 4 ms each stand for ten.
  expect(wait).toBe(40)
  expect(framesOf(profile).map(({ name, line }) => [name, line])).toEqual([
    ['handle', 7],
    ['pause', 3],
    ['[waiting for a timer]', 0],
    ['[own work]', 0],
  ])
})
