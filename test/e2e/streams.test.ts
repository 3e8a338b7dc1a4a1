/** Answers that come in parts, with a real service. */
import { expect, it } from 'vitest'
import { decodeHistogram, mergeHistograms } from '../../harness/stats/histogram.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, recordIn } from './flamegate.ts'
import { SHORT, scenario, service } from './project.ts'

const PAUSE = 5
const EVENTS = 3

/** Sends an event every few milliseconds, for ever. */
const TICKER = service(`response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(': hello\\n\\n')
  const timer = setInterval(() => response.write('data: tick\\n\\n'), ${PAUSE})
  response.on('close', () => clearInterval(timer))`)

/** Before the load that every scenario has, whose line is left out. */
const project = (answer: string) =>
  folderWith({
    'service.js': answer,
    'demo.js': scenario(FIELDS).replace(/^ *load: .*connections: 4 \},\n/m, ''),
  })

const FIELDS = `${SHORT} variants: { a: {}, b: {} }, load: { steps: [{ name: 'GET /', method: 'GET', path: '/', events: ${EVENTS} }], connections: 4, rate: 50 }, gates: { 'firstByte.p50': '+900%' },`

it('reads as many server-sent events as a step wants, and measures the first byte and the last', async () => {
  const directory = await project(TICKER)
  const ended = await flamegate(['demo.js', '--quick', '--rounds', '1'], { directory })
  expect(ended).toMatchObject({ exitCode: 0, left: [] })
  expect(ended.stdout).toMatch(/First byte p50/)
  const [launch] = recordIn(ended.output).rounds.flatMap(({ launches }) => launches)
  const of = (name: 'latency' | 'firstByte') =>
    mergeHistograms((launch!.histograms[name] ?? []).map(decodeHistogram))
  expect(of('firstByte').totalCount).toBe(of('latency').totalCount)
  // A pause before each event, in µs: timers are never early by more than a millisecond.
  const between = of('latency').getValueAtPercentile(50) - of('firstByte').getValueAtPercentile(50)
  expect(between).toBeGreaterThan((EVENTS * PAUSE - EVENTS) * 1_000)
  expect(launch!.renewed).toBeUndefined()
})

it('counts a stream that ends early as an unexpected answer', async () => {
  const directory = await project(service("response.end('data: only one\\n\\n')"))
  const ended = await flamegate(['demo.js', '--quick', '--rounds', '1'], { directory })
  expect(ended.exitCode).not.toBe(0)
  expect(ended.stdout + ended.stderr).toMatch(/it ended after 1 of 3 events/)
})
