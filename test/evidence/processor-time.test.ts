/** Windows that know how long the main thread ran. */
import { expect, test } from 'vitest'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import { hasCountedTime, inCountedTime } from '../../harness/evidence/processor-time.ts'
import type { ProfileFile } from '../../harness/model/diff.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { ProfileBuilder, windowComment } from '../../harness/profile/index.ts'

const WINDOW = { kind: 'window', service: 'shop', host: 'a', pid: 1, startedAt: '', duration: 1, errors: 0 }

/** 6 ms in `work`, 2 ms in `more`, and 100 ms idle. */
function profileWith(known: object, type = 'cpu'): Profile {
  const builder = new ProfileBuilder([
    { type: 'samples', unit: 'count' },
    { type, unit: 'nanoseconds' },
  ])
  const stackOf = (name: string, file: string) =>
    builder.stack(-1, builder.location(builder.function(name, file, 1)))
  builder.sample(stackOf('work', '/a.js'), [6, 6e6])
  builder.sample(stackOf('more', '/a.js'), [2, 2e6])
  builder.sample(stackOf('(idle)', ''), [100, 100e6])
  return { ...builder.build(), comments: [windowComment({ ...WINDOW, requests: 10, ...known })] }
}

const timesOf = ({ samples }: Profile) => [...samples.values.at(-1)!]

test('samples get the sum that the kernel counted, idle ones apart', () => {
  const profile = profileWith({ mainCpu: 12e6 })
  expect(hasCountedTime(profile)).toBe(true)
  const counted = inCountedTime(profile)
  expect(timesOf(counted)).toEqual([9e6, 3e6, 100e6])
  expect([...counted.samples.values[0]!]).toEqual([6, 2, 100])
})

test.each<[string, Profile]>([
  ['without a count', profileWith({})],
  ['with a count of nothing', profileWith({ mainCpu: 0 })],
  ['of a part of a window', profileWith({ kind: 'slow', mainCpu: 12e6 })],
  ['of allocation', profileWith({ kind: 'allocation', mainCpu: 12e6 }, 'alloc_space')],
])('a profile %s stays as it is', (_, profile) => {
  expect(hasCountedTime(profile)).toBe(false)
})

test('a window in which only idle time was sampled stays as it is', () => {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('(idle)', '', 0))), [5e6])
  const profile = { ...builder.build(), comments: [windowComment({ ...WINDOW, requests: 1, mainCpu: 3e6 })] }
  expect(timesOf(inCountedTime(profile))).toEqual([5e6])
})

test('a count for one side only is not used', () => {
  const side = (label: string, known: object) => {
    const file: ProfileFile = { path: label, format: 'pprof', profile: profileWith(known), repaired: 0 }
    return { label, files: [file] }
  }
  const firstOf = (after: object) => {
    const { samples } = evidenceOfProfiles({ before: side('a', { mainCpu: 12e6 }), after: side('b', after) })
    return timesOf(samples[0]!.collected.profile!.profile as Profile)[0]
  }
  expect(firstOf({ mainCpu: 4e6 })).toBe(9e6)
  expect(firstOf({})).toBe(6e6)
})
