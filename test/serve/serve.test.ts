/** What agents push over real connections: kept, shown, or refused. */
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { windowWith } from '../exchange/doubles.ts'
import { kept, page, push, started } from './server.ts'

describe('an agent', () => {
  it.each<[string, (profile: Uint8Array) => [Uint8Array | FormData, object]]>([
    ['raw', profile => [profile, {}]],
    ['gzipped by the transfer', profile => [gzipSync(profile), { headers: { 'content-encoding': 'gzip' } }]],
    [
      'as a form',
      profile => {
        const form = new FormData()
        form.set('profile', new File([new Uint8Array(profile)], 'profile.pb.gz'))
        form.set('sample_type_config', new File(['{}'], 'config.json'))
        return [form, {}]
      },
    ],
  ])('pushes a profile %s', async (_, made) => {
    const { address } = await started()
    const profile = windowWith(20)
    const [body, more] = made(profile)
    const answer = await push(address, body, {
      more: '&from=1764500000&until=1764500060&format=pprof',
      ...more,
    })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    const [path] = await kept(address)
    const bytes = new Uint8Array(await (await fetch(`${address}${path}.pb.gz`)).arrayBuffer())
    expect(decodePprof(bytes)).toEqual(decodePprof(profile))
    expect((await page(address, '/')).text).toContain('1.4')
    expect((await page(address, '/windows?service=shop&type=cpu')).text).toContain('2025-11-30 10:53:20')
  })

  it('pushes a series, as JSON and as protocol buffers', async () => {
    const { address } = await started()
    const raw = Buffer.from(windowWith(20))
    const labels = [
      { name: '__name__', value: 'process_cpu' },
      { name: 'service_name', value: 'shop' },
      { name: 'version', value: '1.5' },
    ]
    const json = { series: [{ labels, samples: [{ ID: 'x', rawProfile: raw.toString('base64') }] }] }
    const field = (number: number, ...parts: (Buffer | string)[]) => {
      const content = Buffer.concat(parts.map(part => Buffer.from(part)))
      const length: number[] = []
      let rest = content.length
      for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128)
      return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), content])
    }
    const message = field(
      1,
      ...labels.map(({ name, value }) => field(1, field(1, name), field(2, value))),
      field(2, field(1, raw), field(2, 'x')),
    )
    const send = (type: string, body: string | Buffer) =>
      fetch(`${address}/push.v1.PusherService/Push`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: body as RequestInit['body'],
      })
    const first = await send('application/json', JSON.stringify(json))
    expect([first.status, await first.text()]).toEqual([200, '{}'])
    const second = await send('application/proto', message)
    expect([second.status, await second.text()]).toEqual([200, ''])
    expect(await kept(address)).toHaveLength(2)
  })

  it('finds everything again after a restart', async () => {
    const { address, served, end } = await started()
    for (let at = 0; at < 3; at++) expect((await push(address, windowWith(20 + at))).status).toBe(200)
    await end()
    const again = await started({ file: served.file })
    expect(await kept(again.address)).toHaveLength(3)
  })
})

describe('a page', () => {
  it('compares two versions, with intervals', async () => {
    const { address } = await started()
    for (let at = 0; at < 6; at++) {
      await push(address, windowWith(20 + at / 10))
      await push(address, windowWith(30 + at / 10), { name: 'shop{version=1.5}' })
    }
    const { status, text } = await page(
      address,
      '/diff?service=shop&type=cpu&before.version=1.4&after.version=1.5',
    )
    expect(status).toBe(200)
    expect(text).toContain('<b class="name">shop@1.5</b> against <b class="name">shop@1.4</b>')
    expect(text).toMatch(/parse/)
  })

  it('shows the flame of one window', async () => {
    const { address } = await started()
    await push(address, windowWith(20))
    const [path] = await kept(address)
    const { status, text } = await page(address, path!)
    expect([status, text.includes('</b> against <b')]).toEqual([200, false])
  })

  it.each([
    ['/windows/7', 404, 'there is nothing here'],
    ['/elsewhere', 404, 'there is nothing here'],
    ['/../../etc/passwd', 404, 'there is nothing here'],
    ['/windows?service=shop&from=soon', 400, 'before.from is not a time'],
    ['/diff?service=shop&type=cpu', 404, 'there are no windows of shop in that time'],
  ])('%s is refused: %i', async (path, status, said) => {
    const { address } = await started()
    const answer = await page(address, path)
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(said)])
  })

  it('shows names as text, whatever they are', async () => {
    const { address } = await started()
    const name = 'shop<script>alert(1)</script>{version="><img src=x onerror=alert(1)>,pod=<b>}'
    expect((await push(address, windowWith(20), { name })).status).toBe(200)
    const { text } = await page(address, '/')
    expect(text).not.toMatch(/<script>alert|<img/)
    expect(text).toContain('&lt;script&gt;')
  })
})

describe('what is pushed wrongly is refused', () => {
  it.each<[string, string, RequestInit['body'], object, number, string]>([
    ['no profile', '?name=shop', 'not a profile', {}, 422, 'the profile cannot be read'],
    ['nothing', '?name=shop', '', {}, 422, 'the profile cannot be read'],
    ['no name', '', 'x', {}, 400, 'name is missing'],
    ['no service', '?name={a=b}', 'x', {}, 400, 'no service is named'],
    ['another format', '?name=shop&format=jfr', 'x', {}, 422, 'format=jfr is not taken here'],
    [
      'a bomb',
      '?name=shop',
      gzipSync(Buffer.alloc(100 * 2 ** 20)) as RequestInit['body'],
      { 'content-encoding': 'gzip' },
      400,
      'has more than',
    ],
    [
      'another packing',
      '?name=shop',
      'x',
      { 'content-encoding': 'br' },
      415,
      'content-encoding br is not known',
    ],
    [
      'too much',
      '?name=shop',
      Buffer.alloc(9 * 2 ** 20) as RequestInit['body'],
      {},
      413,
      'more than 8388608 bytes',
    ],
  ])('%s', async (_, query, body, headers, status, said) => {
    const { address, told } = await started()
    for (let at = 0; at < 2; at++) {
      const answer = await fetch(`${address}/ingest${query}`, {
        method: 'POST',
        body,
        headers: headers as Record<string, string>,
      })
      expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(said)])
    }
    expect(told).toHaveLength(1)
    expect(await kept(address)).toEqual([])
  })

  it('small profiles that would fill the memory', async () => {
    const { address, told } = await started()
    // One type, function 1 at location 1, and a sample in which it calls itself three million times.
    const program = [10, 4, 8, 1, 16, 1, 50, 0, 50, 3, 99, 112, 117, 42, 2, 8, 1, 34, 6, 8, 1, 34, 2, 8, 1]
    const calls = Buffer.alloc(3_000_000, 1)
    const sample = [18, 199, 141, 183, 1, 10, 192, 141, 183, 1]
    const bomb = gzipSync(Buffer.concat([Buffer.from([...program, ...sample]), calls, Buffer.from([16, 1])]))
    expect(bomb.length).toBeLessThan(10_000)
    const answer = await push(address, bomb)
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('has more than')])
    expect(told).toHaveLength(1)
  })

  it.each<[string, string, Buffer]>([
    ['JSON', 'application/json', Buffer.from(`{"series":[{}${',{}'.repeat(200_000)}]}`)],
    ['protocol buffers', 'application/proto', Buffer.alloc(200_000, Buffer.from([10, 0]))],
  ])('a push with too many series, as %s', async (_, type, body) => {
    const { address } = await started()
    const answer = await fetch(`${address}/push.v1.PusherService/Push`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: body as unknown as RequestInit['body'],
    })
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('too many')])
  })

  it('damaged profiles of any kind leave the server running', async () => {
    const { address } = await started()
    const profile = windowWith(20)
    for (let at = 1; at < profile.length; at += 7) {
      const damaged = Uint8Array.from(profile, (byte, place) => (place === at ? byte ^ 255 : byte))
      const { status } = await push(address, damaged.subarray(0, profile.length - (at % 3)))
      expect([200, 422]).toContain(status)
    }
    expect((await push(address, profile)).status).toBe(200)
  })
})

describe('somebody who may not ask', () => {
  it('has no token', async () => {
    const { address } = await started({ token: 'secret' })
    const asked = async (authorization?: string) =>
      (await push(address, windowWith(20), { headers: authorization ? { authorization } : {} })).status
    expect(await asked()).toBe(401)
    expect(await asked('Bearer wrong')).toBe(401)
    expect(await asked('Bearer secret')).toBe(200)
    expect(await asked(`Basic ${Buffer.from('anybody:secret').toString('base64')}`)).toBe(200)
    expect((await fetch(`${address}/ready`)).status).toBe(200)
    expect((await fetch(address)).headers.get('www-authenticate')).toContain('Basic')
  })

  it('is a page of another site, or asks by another name', async () => {
    const { address } = await started()
    const raw = async (headers: string) => {
      const socket = connect(Number(new URL(address).port), '127.0.0.1')
      socket.end(`GET / HTTP/1.1\r\n${headers}connection: close\r\n\r\n`)
      return String(await socket.toArray()).split('\r\n')[0]
    }
    expect(await raw('host: localhost:4040\r\n')).toBe('HTTP/1.1 200 OK')
    expect(await raw('host: evil.example\r\n')).toBe('HTTP/1.1 403 Forbidden')
    expect(await raw('host: 127.0.0.1\r\nsec-fetch-site: cross-site\r\n')).toBe('HTTP/1.1 403 Forbidden')
  })

  it('reaches no other address without a token', async () => {
    await expect(started({ host: '0.0.0.0' })).rejects.toThrow('a token is needed')
  })
})

it('is asked for profiles of a service', async () => {
  const agent = await started()
  expect((await push(agent.address, windowWith(20))).status).toBe(200)
  const [path] = await kept(agent.address)
  const url = `${agent.address}${path}.pb.gz`
  const { address, told } = await started({
    scraped: [
      { service: 'shop', url },
      { service: 'gone', url: 'http://127.0.0.1:1/' },
    ],
    every: 100,
  })
  await expect.poll(async () => (await kept(address)).length).toBeGreaterThan(1)
  await expect
    .poll(() => told)
    .toEqual([expect.stringContaining('gone: http://127.0.0.1:1/ gave no profile')])
})
