/** A folder with scenarios, and a world around it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import git from '../../harness/baselines/git.ts'
import record from '../../harness/baselines/record.ts'
import variant from '../../harness/baselines/variant.ts'
import type { Capabilities, Metric } from '../../harness/model/capabilities.ts'
import type { World } from '../../harness/model/world.ts'

/** A temporary folder with these files, removed after the test. */
export async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flamegate-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

export const worldIn = (directory: string, replaced: Partial<World> = {}): World => ({
  directory,
  environment: {},
  platform: { name: 'linux', processors: [0, 1], pinnable: true, execPath: process.execPath },
  emit: () => {},
  signal: new AbortController().signal,
  now: () => Date.UTC(2026, 6, 1, 12, 30, 5, 123),
  ...replaced,
})

const metric = (id: string, details: Partial<Metric> = {}): Metric => ({
  id,
  title: id,
  unit: 'ns',
  family: 'processor',
  better: 'lower',
  measure: () => null,
  order: 0,
  ...details,
})

export const METRICS: Metric[] = [
  metric('cpu.perRequest'),
  metric('latency.p99', { unit: 'µs', family: 'waiting', needs: ['loader', 'pace'] }),
  metric('throughput', { unit: '1/s', better: 'higher', needs: ['loader'] }),
  metric('memory.allocated', { unit: 'bytes' }),
  metric('eventLoop.utilization', { unit: 'ratio' }),
  metric('capacity', { unit: '1/s', better: 'higher' }),
  metric('errors', { unit: 'count', family: 'exact' }),
  metric('response.bytes', { unit: 'bytes', family: 'exact' }),
]

const unused = () => Promise.reject(new Error('a plan starts nothing'))

export const CAPABILITIES: Capabilities = {
  loaders: [
    { name: 'closed', open: unused },
    { name: 'open', paced: true, open: unused },
    { name: 'gate', inTurn: true, open: unused },
  ],
  collectors: [{ name: 'cpu', scope: 'agent', order: 1, start: unused, stop: unused }],
  metrics: METRICS,
  reporters: [],
  baselines: [git, record, variant],
}

/** A scenario file with two variants; `extra` is written into its object. */
export const scenarioFile = (extra = '') => `export default {
  target: {
    name: 'greeter',
    command: ['node', 'server.js', import.meta.dirname + '/data'],
    directory: import.meta.dirname,
    environment: { COLOUR: 'red', SIZE: '1' },
  },
  variants: {
    slow: { environment: { SIZE: '2' }, args: ['--slow'] },
    plain: {},
  },
  baseline: 'plain',
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
  ${extra}
}
`
