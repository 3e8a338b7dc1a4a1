import { expect, it } from 'vitest'
import { decodeOnce, placesToRead } from '../../harness/analyze/index.ts'
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
  // Sampled in a line of its own.
  const own = builder.location(builder.function('encode', '/srv/app/encode.js', 12), 15)
  builder.sample(
    builder.stack(builder.stack(-1, builder.location(builder.function(...places[0]!))), own),
    [1e6],
  )
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

const collected = { cpu: { slices: slices({ requests: [100] }), profile: profile(), figures: {} } }
const record = run(
  [1, 2].map(() => [launch('before', { collected }), launch('after', { collected })]),
  { plan: { ...plan, collectors: ['cpu'] } },
)

it('asks for the beginning of every function that has a file of its own', () => {
  expect(placesToRead(evidenceOfRun(record), decodeOnce())).toEqual([
    { file: '/srv/app/server.js', line: 3, column: 0, shown: true, last: 0 },
    { file: '/srv/app/encode.js', line: 12, column: 0, shown: true, last: 15 },
  ])
})

it('shows lines only with the function that begins there', () => {
  const lines = { file: '/srv/app/encode.js', from: 12, lines: ['function encode() {'] }
  const [flame] = profileChanges({ ...record, sources: [lines] }).flames
  expect(flame!.frames.filter(it => it.source).map(it => [it.function, it.source])).toEqual([
    [
      'encode',
      {
        rows: [{ text: lines.lines[0], before: { line: 12, self: 0 }, after: { line: 12, self: 0 } }],
        rest: { before: expect.closeTo(4.5, 5), after: expect.closeTo(4.5, 5) },
      },
    ],
  ])
})
