import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { requestIn, trafficOfLog } from '../../../harness/cli/init/traffic.ts'
import { folderWith } from '../../plan/world.ts'

const NGINX = '203.0.113.9 - ada [29/Nov/2026:12:00:00 +0000] '

describe('a line of an access log', () => {
  test.each([
    [
      `${NGINX}"GET /orders?user=ada HTTP/1.1" 200 512 "https://shop.example/" "curl/8"`,
      'GET',
      '/orders',
      200,
    ],
    [`${NGINX}"POST /cart HTTP/2.0" 503 0`, 'POST', '/cart', 503],
    ['{"level":30,"req":{"id":1,"method":"GET","url":"/a?b=1"},"res":{"statusCode":200}}', 'GET', '/a', 200],
    ['{"method":"PUT","uri":"/a","status":"204"}', 'PUT', '/a', 204],
    [
      '{"request":{"method":"GET","url":"https://shop.example/a"},"response":{"status":404}}',
      'GET',
      '/a',
      404,
    ],
  ])('%s', (line, method, path, status) => {
    expect(requestIn(line)).toEqual({ method, path, status })
  })

  test.each([
    '',
    'listening on 3000',
    '{"level":30,"msg":"started"}',
    '{broken',
    `${NGINX}"\\x16\\x03" 400 0`,
  ])('that tells of no request: %s', line => expect(requestIn(line)).toBeUndefined())
})

const line = (path: string, method = 'GET', status = 200) =>
  `${NGINX}"${method} ${path} HTTP/1.1" ${status} 5\n`

describe('an access log', () => {
  test('becomes a mix, in which the most frequent path stands for its route', async () => {
    const text = [
      line('/orders').repeat(60),
      ...[1, 2, 2, 3]
        .map(id => line(`/orders/${id}`))
        .join('')
        .repeat(9),
      line('/search?q=shoes').repeat(3),
      line('/search?q=hats'),
      line('/cart', 'POST').repeat(20),
      line('/missing', 'GET', 404).repeat(5),
    ].join('')
    const folder = await folderWith({ 'access.log': text })
    const wanted = {
      mix: [
        { path: '/orders', weight: 60 },
        { path: '/orders/2', weight: 36 },
        { path: '/search', weight: 4 },
      ],
      notes: [
        'Left out: 16 % of the requests (POST).',
        'Left out: 4 % of the requests (answered with an error).',
      ],
    }
    expect(await trafficOfLog(join(folder, 'access.log'))).toEqual(wanted)
    writeFileSync(join(folder, 'access.log.1.gz'), gzipSync(text))
    expect(await trafficOfLog(join(folder, 'access.log.1.gz'))).toEqual(wanted)
  })

  test('with many routes becomes a short mix', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const folder = await folderWith({ 'access.log': letters.map(letter => line(`/${letter}`)).join('') })
    const { mix, notes } = await trafficOfLog(join(folder, 'access.log'))
    expect(mix).toHaveLength(20)
    expect(notes).toEqual(['Left out: 6 routes that are asked for less often.'])
  })

  test.each([
    ['nothing.log', 'cannot be read'],
    ['empty.log', 'No line describes a request'],
    ['posts.log', 'No GET request was answered successfully'],
    ['damaged.gz', 'cannot be read'],
  ])('%s is refused', async (name, said) => {
    const folder = await folderWith({
      'empty.log': 'hello\n',
      'posts.log': line('/', 'POST'),
      'damaged.gz': 'no',
    })
    await expect(trafficOfLog(join(folder, name))).rejects.toThrow(said)
  })
})
