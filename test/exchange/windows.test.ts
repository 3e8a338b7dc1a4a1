/** Every store: windows of each process become profiles of their own, and what is wrong is said in one message. */
import { describe, expect, it } from 'vitest'
import { readWindows, storePlace, type Windows } from '../../harness/exchange/index.ts'
import { sum } from '../../harness/stats/describe.ts'
import { fieldsOf, parcaDouble, pyroscopeDouble, serverWith, windowWith } from './doubles.ts'

const UNTIL = Date.parse('2026-11-30T12:00:00Z')
const WINDOWS: Windows = { window: 600_000, last: 3_600_000, until: UNTIL }
const MIB = 2 ** 20

const read = (kind: string, address: string, more: Partial<Windows> = {}, variables = {}) =>
  readWindows(
    storePlace(`${kind}:${address}/{service_name="shop",version="1.5"}`)!,
    { ...WINDOWS, ...more },
    variables,
    MIB,
  )

describe.each([
  ['pyroscope', () => pyroscopeDouble()],
  ['parca', parcaDouble],
])('%s', (kind, double) => {
  it('gives a profile for each window', async () => {
    const { address } = await double()
    const { files } = await read(kind, address)
    expect(files).toHaveLength(6)
    expect(files.map(({ path }) => path)).toEqual(
      [0, 10, 20, 30, 40, 50].map(minute => `2026-11-30T11:${String(minute).padStart(2, '0')}:00.000Z`),
    )
    for (const { profile } of files) {
      expect(profile.duration).toBe(600_000)
      expect(sum(profile.samples.values.at(-1)!) / 1e6).toBeGreaterThanOrEqual(40)
    }
  })

  it('gives one for each window of each process', async () => {
    const { address } = await double()
    const { files } = await read(kind, address, { by: 'pod' })
    expect(files).toHaveLength(12)
    const total = (part: string) =>
      sum(
        files
          .filter(({ path }) => path.endsWith(part))
          .flatMap(({ profile }) => [...profile.samples.values.at(-1)!]),
      )
    expect((total(' b') - total(' a')) / 1e6).toBeCloseTo(6, 5)
  })

  it('sends the credentials of the environment, and nothing without them', async () => {
    const { address, asked } = await double()
    await read(kind, address)
    expect(asked.every(({ headers }) => headers.authorization === undefined)).toBe(true)
    await read(kind, address, {}, { FLAMEGATE_STORE_TOKEN: 'abc', FLAMEGATE_STORE_TENANT: 'team' })
    expect(asked.at(-1)!.headers).toMatchObject({ authorization: 'Bearer abc', 'x-scope-orgid': 'team' })
    await read(kind, address, {}, { FLAMEGATE_STORE_USER: 'me', FLAMEGATE_STORE_PASSWORD: 'pass' })
    expect(asked.at(-1)!.headers.authorization).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`)
  })

  it.each<[Parameters<typeof serverWith>[0], string]>([
    [() => ({ status: 401 }), 'The store asks who you are (status 401)'],
    [() => ({ status: 404 }), 'There is nothing here (status 404)'],
    [
      () => ({ status: 422, type: 'text/plain', body: 'parse error' }),
      'does not understand the question (status 422)',
    ],
    [() => ({ status: 500 }), 'The store refuses (status 500)'],
    [() => ({ type: 'text/html', body: '<p>log in' }), 'A web page answers here'],
    [() => ({ body: 'no json' }), 'The answer is not JSON: no json'],
    [() => ({ body: '"'.padEnd(2 * MIB) }), 'The answer has more than'],
  ])('says what is wrong with an answer: %#', async (answer, said) => {
    const { address } = await serverWith(answer)
    await expect(read(kind, address, {}, { FLAMEGATE_STORE_TOKEN: 'secret' })).rejects.toThrow(said)
    const error: Error & { advice?: string } = await read(
      kind,
      address,
      {},
      { FLAMEGATE_STORE_TOKEN: 'secret' },
    ).catch(error => error)
    expect(error.advice).toBeTruthy()
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('secret')
  })

  it('says that nobody answers', async () => {
    await expect(read(kind, 'http://127.0.0.1:1')).rejects.toThrow('There is no answer: ')
  })
})

describe('Pyroscope', () => {
  it('is asked for the profiles of the processor by default, and for no others', async () => {
    const { address, asked } = await pyroscopeDouble()
    const { findings } = await read('pyroscope', address)
    const types = asked
      .filter(({ path }) => path.endsWith('SelectMergeProfile'))
      .map(({ body }) => fieldsOf(body))
    expect(new Set(types.map(fields => fields[1]))).toEqual(
      new Set(['process_cpu:cpu:nanoseconds:cpu:nanoseconds']),
    )
    expect(types[0]).toMatchObject({
      2: '{service_name="shop",version="1.5"}',
      3: UNTIL - 3_600_000,
      4: UNTIL - 3_000_000,
    })
    expect(findings).toEqual([])
  })

  it('that has only wall time is told', async () => {
    const { address } = await pyroscopeDouble([
      'wall:cpu:nanoseconds:wall:nanoseconds',
      'memory:alloc_space:bytes:space:bytes',
    ])
    const { findings } = await read('pyroscope', address)
    expect(findings).toMatchObject([{ code: 'wall-time' }])
    await expect(
      read('pyroscope', address, { type: 'memory:alloc_space:bytes:space:bytes' }),
    ).resolves.toBeDefined()
    await expect(read('pyroscope', address, { type: 'cpu' })).rejects.toThrow('no profiles of the type cpu')
  })

  it('that has nothing says so, and windows without a profile are left out', async () => {
    const { address } = await pyroscopeDouble([])
    await expect(read('pyroscope', address)).rejects.toThrow(
      'no profiles of the 1 h 00 min before 2026-11-30T12:00:00.000Z',
    )
    const some = await serverWith(question => {
      if (question.path.endsWith('Series'))
        return {
          body: JSON.stringify({
            labelsSet: [
              {
                labels: [{ name: '__profile_type__', value: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds' }],
              },
            ],
          }),
        }
      const isFirst = fieldsOf(question.body)[3] === UNTIL - 3_600_000
      return { type: 'application/proto', body: isFirst ? '' : windowWith(20) }
    })
    const { files, findings } = await read('pyroscope', some.address)
    expect(files).toHaveLength(5)
    expect(findings).toMatchObject([
      { code: 'empty-windows', message: expect.stringContaining('1 window without a profile') },
    ])
  })

  it('is not asked for more profiles than can be compared', async () => {
    const { address } = await pyroscopeDouble()
    await expect(read('pyroscope', address, { window: 1_000 })).rejects.toThrow(
      'These are 3600 profiles; at most 200',
    )
  })
})

describe('requests', () => {
  it('come from Prometheus, window by window, for the labels of the side', async () => {
    const { address } = await pyroscopeDouble()
    const prometheus = await serverWith(() => ({
      body: JSON.stringify({
        status: 'success',
        data: { resultType: 'vector', result: [{ value: [1, '40'] }, { value: [1, '2'] }] },
      }),
    }))
    const query = 'increase(requests{version="{{version}}",pod="{{pod}}"}[{{window}}])'
    const { files } = await read('pyroscope', address, {
      by: 'pod',
      requests: { address: prometheus.address, query },
    })
    expect(files.map(({ requests }) => requests)).toEqual(new Array(12).fill(42))
    const [first] = prometheus.asked
    expect(first!.path).toBe('/api/v1/query')
    expect(first!.query.get('query')).toBe('increase(requests{version="1.5",pod="a"}[600s])')
    expect(first!.query.get('time')).toBe(String((UNTIL - 3_000_000) / 1_000))
  })

  it('can be a single number', async () => {
    const { address } = await pyroscopeDouble()
    const prometheus = await serverWith(() => ({
      body: JSON.stringify({ data: { resultType: 'scalar', result: [1, '7'] } }),
    }))
    const { files } = await read('pyroscope', address, {
      requests: { address: prometheus.address, query: 'x' },
    })
    expect(files[0]!.requests).toBe(7)
  })

  it('that cannot be known are said', async () => {
    const { address } = await pyroscopeDouble()
    const ask = (body: string, query = 'x') =>
      serverWith(() => ({ body })).then(server =>
        read('pyroscope', address, { requests: { address: server.address, query } }),
      )
    await expect(ask('{"data":{"result":"x"}}')).rejects.toThrow('The answer contains no numbers')
    await expect(ask('{}', '{{deploy}}')).rejects.toThrow('{{deploy}}, which has no value here')
  })
})
