/** Profiles of a finished run, sent to stores. */
import { expect, it, test } from 'vitest'
import { sendRun, storePlace } from '../../harness/exchange/index.ts'
import { withinLimits } from '../../harness/exchange/send.ts'
import { decodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { sum } from '../../harness/stats/describe.ts'
import { regressed } from '../reports/variations.ts'
import { started } from '../serve/server.ts'
import { serverWith } from './doubles.ts'

const report = regressed()
const profiles = report.evidence.samples.flatMap(({ collected }) =>
  Object.values(collected).filter(({ profile }) => typeof profile === 'string'),
)

it('goes to Pyroscope with version, collector and round, and its time', async () => {
  const { address, asked } = await serverWith(() => ({}))
  const place = storePlace(`pyroscope:${address}/{team="a,b"}`)!
  expect(await sendRun(place, report, { FLAMEGATE_STORE_TOKEN: 'abc' })).toBe(profiles.length)
  expect(asked).toHaveLength(profiles.length)
  const [first] = asked
  expect([first!.path, first!.headers.authorization]).toEqual(['/ingest', 'Bearer abc'])
  expect(first!.query.get('format')).toBe('pprof')
  expect(first!.query.get('name')).toMatch(/^[\w-]+\{version=\w+,round=1,collector=\w+,run=[^,]+,team=a_b\}$/)
  expect(Number(first!.query.get('until'))).toBeGreaterThan(Number(first!.query.get('from')))
  expect(decodePprof(first!.body).samples.stack.length).toBeGreaterThan(0)
})

it('goes to Parca, one series for each profile', async () => {
  const { address, asked } = await serverWith(() => ({ body: '{}' }))
  await sendRun(storePlace(`parca:${address}`, { selects: false })!, report, {})
  expect(asked).toHaveLength(profiles.length)
  const { series } = JSON.parse(asked[0]!.body.toString()) as {
    series: { labels: { labels: { name: string }[] }; samples: { rawProfile: string }[] }[]
  }
  expect(series[0]!.labels.labels.map(({ name }) => name)).toEqual(expect.arrayContaining(['job', 'version']))
  expect(
    decodePprof(Buffer.from(series[0]!.samples[0]!.rawProfile, 'base64')).samples.stack.length,
  ).toBeGreaterThan(0)
})

it('is taken by `flamegate serve`', async () => {
  const { address } = await started()
  await sendRun(storePlace(`pyroscope:${address}`, { selects: false })!, report, {})
  const page = await (await fetch(address)).text()
  for (const { label } of report.evidence.subjects) expect(page).toContain(label)
})

it('says why a store refuses', async () => {
  const { address } = await serverWith(() => ({ status: 429 }))
  const place = storePlace(`pyroscope:${address}`, { selects: false })!
  await expect(sendRun(place, report, {})).rejects.toThrow('The store has too much to do (status 429)')
})

test('too many stacks are cut to the largest, and the sum stays', () => {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  for (let at = 0; at < 100; at++)
    for (const value of [1, 2])
      builder.sample(builder.stack(-1, builder.location(builder.function(`f${at}`, '/a.js', at + 1))), [
        value * at,
      ])
  const profile = builder.build()
  const all = sum(profile.samples.values[0]!)
  for (const most of [2, 10, 200]) {
    const { stack, values } = withinLimits(profile, most).samples
    expect(stack.length).toBe(Math.min(100, most))
    expect(sum(values[0]!)).toBe(all)
  }
  expect(withinLimits(profile, 3).samples.stack[0]).toBe(99)
})
