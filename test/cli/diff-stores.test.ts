/** `diff` between windows of a store. */
import { expect, it } from 'vitest'
import { parcaDouble, pyroscopeDouble, serverWith } from '../exchange/doubles.ts'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

const of = (address: string, version: string, kind = 'pyroscope') =>
  `${kind}:${address}/{service_name="shop",version="${version}"}`

interface Printed {
  before: { profiles: number; requests: number | null }
  views: { collector: string }[]
  frames: { function: string; collector: string; significant: boolean; change: { estimate: number } }[]
  repeat: string
}

async function compared(...argv: string[]): Promise<Printed> {
  const directory = await folderWith({})
  const ran = await runCli(['diff', ...argv, '--json'], { directory })
  expect(ran.code, ran.err).toBe(0)
  return JSON.parse(ran.out)
}

it.each([
  ['pyroscope', () => pyroscopeDouble()],
  ['parca', parcaDouble],
])(
  '%s: names the function that changed, with an interval, and the command says which hours it was',
  async (kind, double) => {
    const { address } = await double()
    const printed = await compared(
      of(address, '1.4', kind),
      of(address, '1.5', kind),
      '--by',
      'pod',
      '--last',
      '30m',
      '--end',
      '2026-11-30T12:00Z',
    )
    expect(printed.before.profiles).toBe(6)
    expect(printed.views.map(({ collector }) => collector)).toEqual(['Share of the total', 'Per second'])
    const [first] = printed.frames.filter(({ collector }) => collector === 'Per second')
    expect(first).toMatchObject({ function: 'parse', significant: true })
    expect(printed.repeat).toContain(
      '--last 1800000ms --end 2026-11-30T12:00:00.000Z,2026-11-30T12:00:00.000Z --by pod',
    )
  },
)

it('compares per request where Prometheus counts them', async () => {
  const { address } = await pyroscopeDouble()
  const prometheus = await serverWith(({ query }) => ({
    body: JSON.stringify({
      data: { resultType: 'scalar', result: [1, query.get('query') === 'count 1.5' ? '200' : '100'] },
    }),
  }))
  const flags = ['--by', 'pod', '--prometheus', prometheus.address, '--requests-query', 'count {{version}}']
  const { frames, before, views } = await compared(of(address, '1.4'), of(address, '1.5'), ...flags)
  expect(before.requests).toBe(1_200)
  expect(views[0]!.collector).toBe('Per request')
  const parse = frames.find(row => row.collector === 'Per request' && row.function === 'parse')
  expect(parse!.change.estimate).toBeLessThan(0)
})

it.each([
  [['old', 'new', '--by', 'pod'], '--by', 'both sides are files'],
  [['STORE', 'STORE', '--prometheus', 'http://127.0.0.1:1'], '', 'belong together'],
  [['STORE', 'STORE', '--window', '1h', '--last', '10m'], '--last', 'longer than the time'],
  [['STORE', 'STORE', '--end', 'yesterday'], '--end', 'is not a time'],
  [['pyroscope:nowhere', 'STORE'], 'pyroscope:nowhere', 'needs a selector'],
])('%j is refused', async (argv, place, said) => {
  const directory = await folderWith({})
  const ran = await runCli(
    ['diff', ...argv.map(word => word.replace('STORE', of('http://127.0.0.1:1', '1')))],
    { directory },
  )
  expect(ran.code).toBe(2)
  expect(ran.err).toContain(place)
  expect(ran.err).toContain(said)
})
