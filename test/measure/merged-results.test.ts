import { expect, test } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { merged } from '../../harness/measure/driver/collect/finish.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'

const profile = (bytes: number) => {
  const builder = new ProfileBuilder([{ type: 'alloc_space', unit: 'bytes' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('work', '/srv/app.js', 1, 1))), [bytes])
  return builder.build()
}

const pauses = (kind: string, duration: number) => ({
  kind: [kind],
  duration: [duration],
  before: [20],
  after: [10],
})

test('merges the workers of a launch: samples and pauses together, sums added, settings kept', () => {
  const capture = merged(
    [
      { profile: profile(100), pauses: pauses('Scavenge', 1), figures: { interval: 512, live: 7 } },
      { profile: profile(50), pauses: pauses('MarkSweepCompact', 5), figures: { interval: 512, live: 3 } },
    ],
    { sums: ['live'] },
    { variant: 'a' },
  )
  expect(capture.figures).toEqual({ interval: 512, live: 10 })
  expect(capture.pauses).toEqual({
    kind: ['Scavenge', 'MarkSweepCompact'],
    duration: [1, 5],
    before: [20, 20],
    after: [10, 10],
  })
  const { samples } = decodePprof(Buffer.from(capture.profile!, 'base64'))
  expect(samples.values[0]!.reduce((sum, bytes) => sum + bytes, 0)).toBe(150)
})

test('has only figures when there is no profile and no pauses', () => {
  expect(merged([{ figures: { p99: 3 } }], {}, {})).toEqual({ figures: { p99: 3 } })
})
