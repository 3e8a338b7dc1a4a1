/** A first look: two rounds and a comparison, whatever the service is like, or a message that says why not. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../harness/model/record.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, left } from './flamegate.ts'

/** @param answer the body of a function of `request`, `response` and `count`; @param scenario more fields of the scenario */
const project = (answer: string, scenario: string) =>
  folderWith({
    'service.js': `import { createServer } from 'node:http'
let count = 0
createServer((request, response) => {
  if (request.url === '/health') return response.end('ok')
  count++
  ${answer}
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    'demo.js': `export default {
  target: {
    name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname, ready: '/health', gracefulShutdown: 300,
  },
  sameAnswers: false,
  ${scenario}
}
`,
  })

const STEPS = "steps: [{ name: 'GET /', method: 'GET', path: '/' }]"

async function measured(directory: string, ...flags: string[]) {
  const { child, output } = flamegate(
    ['demo.js', '--aa', '--json', ...(flags.length > 0 ? flags : ['--quick'])],
    directory,
  )
  const { exitCode, stderr, stdout } = await child
  expect(left(output)).toEqual([])
  const report = () => {
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const run = JSON.parse(readFileSync(`${output}/record.json`, 'utf8')) as RunRecord
    const findings: { code: string; severity: string }[] = JSON.parse(stdout).findings
    return { run, launches: run.rounds.flatMap(({ launches }) => launches), findings }
  }
  return { exitCode, stderr, report }
}

const total = (column: (number | null)[] = []) => column.reduce<number>((sum, value) => sum + (value ?? 0), 0)

describe('a quick run', () => {
  it('of a fast service with a gate on latency sends what can be sent, the same in every launch', async () => {
    const gates = "{ 'cpu.perRequest': '+3%', 'latency.p99': { change: '+10%', level: 'warn' }, errors: 0 }"
    const directory = await project("response.end('hello')", `load: { ${STEPS} }, gates: ${gates},`)
    const { run, launches, findings } = (await measured(directory)).report()
    expect(run.rounds).toHaveLength(2)
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

  it('of a service that takes its time comes to an end with what it can give', async () => {
    const directory = await project(
      "setTimeout(() => response.end('slow'), 400)",
      `load: { ${STEPS} }, gates: { 'cpu.perRequest': '+3%' },`,
    )
    const { run, launches } = (await measured(directory)).report()
    expect(run.rounds).toHaveLength(2)
    for (const { timed } of launches) expect(total(timed.requests)).toBeGreaterThanOrEqual(10)
  })

  it('goes through all phases of a load in less time', async () => {
    const phases = `[{ name: 'low', from: 100, to: 100, duration: 20_000 }, { name: 'high', from: 400, to: 400, duration: 10_000 }]`
    const directory = await project(
      "response.end('hello')",
      `load: { ${STEPS}, arrivals: 'constant', phases: [${phases}] }, collectors: [],`,
    )
    const { run, launches } = (await measured(directory)).report()
    expect(run.rounds).toHaveLength(2)
    for (const { phases } of launches)
      expect(phases!.map(({ name, duration }) => [name, Math.round(duration)])).toEqual([
        ['low', 600],
        ['high', 300],
      ])
  })

  it('of a service that never answers one request in ten is given up, and says so', async () => {
    const directory = await project(
      "if (count % 10 !== 9) response.end('hello')",
      `load: { ${STEPS} }, limits: { request: 1_000 },`,
    )
    const { exitCode, stderr } = await measured(directory)
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/requests in a row, 2 were not answered within 1 s .*`limits\.request`/)
  })
})

it('a run with little time has two rounds all the same', async () => {
  const directory = await project(
    "response.end('hello')",
    `load: { ${STEPS}, engine: 'open', rate: 500 }, gates: { 'cpu.perRequest': '+3%' },`,
  )
  const { run } = (await measured(directory, '--max-time', '20s')).report()
  expect(run.rounds).toHaveLength(2)
})
