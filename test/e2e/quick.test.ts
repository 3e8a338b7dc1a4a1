/** A quick run compares two rounds, whatever the service is like, or says why it cannot. */
import { describe, expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed, recordIn, total } from './flamegate.ts'
import { STEPS, scenario, service } from './project.ts'

const HEALTH = `if (request.url === '/health') return response.end('ok')
  count++`

/** @param answer statements about `request`, `response` and `count`; @param fields of the scenario */
const project = (answer: string, fields: string) =>
  folderWith({
    'service.js': service(`${HEALTH}\n  ${answer}`, 'let count = 0'),
    'demo.js': scenario(`sameAnswers: false, ${fields}`, "ready: '/health', gracefulShutdown: 300"),
  })

async function measured(directory: string, ...flags: string[]) {
  const ended = await flamegate(['demo.js', '--aa', '--json', ...flags], { directory })
  expect(ended).toMatchObject({ exitCode: 0, left: [] })
  const { rounds } = recordIn(ended.output)
  return { rounds, launches: rounds.flatMap(({ launches }) => launches), findings: printed(ended).findings }
}

describe('a quick run', () => {
  it('finds a rate that a fast service can bear, the same in every launch, when latency is gated', async () => {
    const gates = "{ 'cpu.perRequest': '+3%', 'latency.p99': { change: '+10%', level: 'warn' }, errors: 0 }"
    const directory = await project("response.end('hello')", `load: { ${STEPS} }, gates: ${gates},`)
    const { rounds, launches, findings } = await measured(directory, '--quick')
    expect(rounds).toHaveLength(2)
    expect(launches.map(({ pace }) => pace!.rate)).toEqual(new Array(4).fill(launches[0]!.pace!.rate))
    for (const { pace, timed } of launches) {
      expect(pace!.rate).toBeLessThanOrEqual(8_000)
      expect(pace!.rate).toBeLessThanOrEqual(0.7 * pace!.capacity! * 1.000_001)
      expect(total(timed.requests)).toBeGreaterThan(0)
      expect(total(timed.requests) + total(timed.errors) + pace!.dropped).toBe(pace!.arrivals)
    }
    expect(findings.map(({ code }) => code)).toContain('rate-chosen')
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('of a slow service ends with the few requests that it answers', async () => {
    const directory = await project(
      "setTimeout(() => response.end('slow'), 400)",
      `load: { ${STEPS} }, gates: { 'cpu.perRequest': '+3%' },`,
    )
    const { rounds, launches } = await measured(directory, '--quick')
    expect(rounds).toHaveLength(2)
    for (const { timed } of launches) expect(total(timed.requests)).toBeGreaterThanOrEqual(10)
  })

  it('shortens all phases of a load', async () => {
    const phases = `[{ name: 'low', from: 100, to: 100, duration: 20_000 }, { name: 'high', from: 400, to: 400, duration: 10_000 }]`
    const directory = await project(
      "response.end('hello')",
      `load: { ${STEPS}, arrivals: 'constant', phases: [${phases}] }, collectors: [],`,
    )
    const { rounds, launches } = await measured(directory, '--quick')
    expect(rounds).toHaveLength(2)
    for (const { phases } of launches)
      expect(phases!.map(({ name, duration }) => [name, Math.round(duration)])).toEqual([
        ['low', 600],
        ['high', 300],
      ])
  })

  it('gives up on a service that never answers one request in ten, and says so', async () => {
    const directory = await project(
      "if (count % 10 !== 9) response.end('hello')",
      `load: { ${STEPS} }, limits: { request: 1_000 },`,
    )
    const ended = await flamegate(['demo.js', '--aa', '--json', '--quick'], { directory })
    expect(ended).toMatchObject({ exitCode: 3, left: [] })
    expect(ended.stderr).toMatch(/requests in a row, 2 were not answered within 1 s .*`limits\.request`/)
  })
})

it('a run with little time has short rounds, and two at least', async () => {
  const directory = await project(
    "response.end('hello')",
    `load: { ${STEPS}, engine: 'open', rate: 500 }, gates: { 'cpu.perRequest': '+3%' },`,
  )
  const { rounds } = await measured(directory, '--max-time', '20s')
  expect(rounds.length).toBeGreaterThanOrEqual(2)
})
