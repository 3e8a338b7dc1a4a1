/** What requests wait for, from the command line to the diagnosis. */
import { describe, expect, it } from 'vitest'
import type { Diagnosis } from '../../harness/model/diagnosis.ts'
import type { RequestTimes } from '../../harness/model/times.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, recordIn } from './flamegate.ts'
import { scenario, service } from './project.ts'

/** Waits in a function of its own, as long as the variant says. */
const SLEEPER = service(
  'await askStock()\n  response.end("ok")',
  `import { setTimeout } from 'node:timers/promises'
async function askStock() { await setTimeout(Number(process.env.WAIT)) }`,
)

/** Long enough that a load generator that lacks a processor does not make it look like one that waits. */
const COMPUTING = service('let n = 0; for (let i = 0; i < 2e6; i++) n += i\n  response.end(String(n))')

const FIELDS = `warmup: { requests: 400, timeout: 1_000 }, gates: { 'latency.p50': '+10%' },
  variants: { quick: { environment: { WAIT: '6' } }, slow: { environment: { WAIT: '12' } } },`

const project = () =>
  folderWith({
    'service.js': SLEEPER,
    'demo.js': scenario(FIELDS).replace('connections: 4', 'connections: 4, rate: 60'),
  })

describe('a service that waits', () => {
  it('has its requests followed without being asked, and the change told', async () => {
    const ended = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory: await project() })
    expect(ended.left).toEqual([])
    const { times, diagnosis } = JSON.parse(ended.stdout) as { times: RequestTimes[]; diagnosis: Diagnosis[] }
    const typical = times.find(({ requests }) => requests === 'typical')!
    const row = typical.rows.find(({ what }) => what === '[waiting for a timer]')!
    expect(row.place?.function).toBe('askStock')
    expect(row.after - row.before).toBeGreaterThan(3_000)
    expect(row.after - row.before).toBeLessThan(9_000)
    const sum = (side: 'before' | 'after') => typical.rows.reduce((all, it) => all + it[side], 0)
    expect(sum('after')).toBeCloseTo(typical.latency.after, 3)
    const own = diagnosis.filter(({ baseline }) => baseline === undefined)
    expect(own.map(({ variant, cause }) => [variant, cause])).toEqual([
      ['quick', 'wait'],
      ['slow', 'wait'],
    ])
    expect(diagnosis.find(({ baseline }) => baseline === 'quick')).toMatchObject({ variant: 'slow' })
  })

  it('says on the terminal what limits both, and what to do', async () => {
    const ended = await flamegate(['demo.js', '--quick'], { directory: await project() })
    expect(ended.stdout).toMatch(/^Where the time of a request goes$/m)
    expect(ended.stdout).toMatch(/waiting for a timer\s+\(askStock,\s+service\.js:\d+\)/)
  })
})

it('a service that computes is not followed', async () => {
  const directory = await folderWith({
    'service.js': COMPUTING,
    'demo.js': scenario('warmup: { requests: 400, timeout: 1_000 }, variants: { a: {}, b: {} },'),
  })
  const ended = await flamegate(['demo.js', '--quick', '--rounds', '1'], { directory })
  const { rounds } = recordIn(ended.output)
  expect(Object.keys(rounds[0]!.launches[0]!.collected)).not.toContain('waits')
})
