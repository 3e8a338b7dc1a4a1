/** What Datadog's tracers upload, over real connections. */
import { gunzipSync, zstdCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { windowWith } from '../exchange/doubles.ts'
import { kept, page, started } from './server.ts'

function withEvent(event: string): FormData {
  const form = new FormData()
  form.set('event', new File([event], 'event.json', { type: 'application/json' }))
  return form
}

function withProfile(content: Uint8Array): FormData {
  const form = uploadOf(['wall.pprof'], { tags_profiler: 'service:shop' })
  form.set('wall.pprof', new File([new Uint8Array(content)], 'wall.pprof'))
  return form
}

/** The form of an upload, without its profiles. */
function uploadOf(attachments: string[], more: object): FormData {
  const [start, end] = ['2025-11-30T10:53:20.000Z', '2025-11-30T10:54:20.000Z']
  return withEvent(JSON.stringify({ attachments, start, end, family: 'node', version: '4', ...more }))
}

it.each<[string, (profile: Uint8Array) => Uint8Array]>([
  ['as they are', profile => profile],
  ['packed with zstd', profile => zstdCompressSync(gunzipSync(profile))],
])('keeps the profiles of an upload %s, without its timeline', async (_, packed) => {
  const { address } = await started()
  const profile = windowWith(20)
  const form = uploadOf(['wall.pprof', 'events.pprof'], {
    tags_profiler: 'service:shop,version:1.6,url:http://a:1',
  })
  for (const name of ['wall.pprof', 'events.pprof'])
    form.set(name, new File([new Uint8Array(packed(profile))], name))
  const answer = await fetch(`${address}/profiling/v1/input`, { method: 'POST', body: form })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  const [path, ...others] = await kept(address)
  expect(others).toEqual([])
  const bytes = new Uint8Array(await (await fetch(`${address}${path}.pb.gz`)).arrayBuffer())
  expect(decodePprof(bytes)).toEqual(decodePprof(profile))
  const { text } = await page(address, '/windows?service=shop&type=cpu')
  expect(text).toContain('2025-11-30 10:53:20')
  expect(text).toContain('1.6')
})

it.each<[string, FormData, number, string]>([
  ['without an event', new FormData(), 400, 'no part named event'],
  ['whose event is not JSON', withEvent('{'), 400, 'the event is not JSON'],
  ['whose event lacks its times', withEvent('{"attachments":[],"tags_profiler":""}'), 400, 'start'],
  [
    'of a bomb',
    withProfile(zstdCompressSync(Buffer.alloc(100 * 2 ** 20))),
    422,
    'the profile is not zstd, or has more than',
  ],
  ['of no service', uploadOf([], { tags_profiler: 'version:1.4' }), 400, 'no service is named'],
])('refuses an upload %s', async (_, body, status, said) => {
  const { address } = await started()
  const answer = await fetch(`${address}/profiling/v1/input`, { method: 'POST', body })
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(said)])
})
