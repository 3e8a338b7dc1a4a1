import { expect, it } from 'vitest'
import { shownPlaces } from '../../harness/analyze/flames.ts'
import { alignProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import { encodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

function profile(): string {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const places: [string, string, number][] = [
    ['handle', '/srv/app/server.js', 3],
    ['encode', '/srv/app/encode.js', 12],
    ['emit', 'node:events', 466],
  ]
  let stack = -1
  for (const place of places) stack = builder.stack(stack, builder.location(builder.function(...place)))
  builder.sample(stack, [1e6])
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

const collected = { cpu: { slices: slices({ requests: [100] }), profile: profile(), figures: {} } }
const record = run(
  [1, 2].map(() => [launch('before', { collected }), launch('after', { collected })]),
  { plan: { ...plan, collectors: ['cpu'] } },
)

it('asks for the beginning of every function that has a file of its own', () => {
  expect(shownPlaces(alignProfiles(evidenceOfRun(record)).pairs)).toEqual([
    { file: '/srv/app/server.js', line: 3 },
    { file: '/srv/app/encode.js', line: 12 },
  ])
})

it('shows lines only with the function that begins there', () => {
  const lines = { file: '/srv/app/encode.js', from: 12, lines: ['function encode() {'] }
  const [flame] = profileChanges({ ...record, sources: [lines] }).flames
  expect(flame!.frames.filter(it => it.source).map(it => [it.function, it.source])).toEqual([
    ['encode', lines],
  ])
})
