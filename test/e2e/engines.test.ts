/** Load by another engine: a run from start to verdict, by a double of k6 that runs the same script. */

import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDocument, type YAMLSeq } from 'yaml'
import { folderWith } from '../plan/world.ts'
import { flamegate, recordIn } from './flamegate.ts'
import { SHORT, STEPS, service } from './project.ts'

const ROOT = join(import.meta.dirname, '../..')
const PATH = [process.env.PATH, join(ROOT, 'test/fixtures/k6')].join(delimiter)

const project = (load: string) =>
  folderWith({
    'service.js': service(
      "for (let n = 0; n < work; n++) sum += Math.sqrt(n)\n  response.end('Hello')",
      'const work = Number(process.env.WORK)\nlet sum = 0',
    ),
    'demo.js': `export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname },
  variants: { light: { environment: { WORK: '2e5' } }, heavy: { environment: { WORK: '4e5' } } },
  baseline: 'light',
  load: { ${STEPS}, connections: 4, ${load} },
  gates: { 'cpu.perRequest': '+5%' },
  ${SHORT}
}
`,
  })

describe('another engine', () => {
  it('sends the load of a scenario, and a change is found', { timeout: 120_000 }, async () => {
    const directory = await project("engine: 'k6', workers: 2")
    const ended = await flamegate(['demo.js', '--max-time', '40s'], {
      directory,
      environment: { PATH },
    })
    expect(ended.exitCode, ended.stderr).toBe(1)
    expect(ended.left).toEqual([])
    const { rounds, plan } = recordIn(ended.output)
    expect(plan.load).toMatchObject({ engine: 'k6', workers: 2 })
    for (const { timed } of rounds.flatMap(({ launches }) => launches)) {
      expect(timed.errors!.every(errors => errors === 0)).toBe(true)
      expect(timed.loaderIdle!.every(share => share! >= 0 && share! < 1)).toBe(true)
      expect(timed.loaderUtilization!.every(share => share! >= 0 && share! <= 1)).toBe(true)
    }
  })

  it('that is not installed is named, with the way to get it', { timeout: 60_000 }, async () => {
    const directory = await project("engine: 'k6'")
    const ended = await flamegate(['demo.js', '--quick'], { directory })
    expect(ended).toMatchObject({ exitCode: 3, left: [] })
    expect(ended.stderr).toMatch(/k6 is not installed/)
    expect(ended.stderr).toMatch(/Install it/)
  })
})

describe('the manifests for many machines', () => {
  const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')

  const CONTAINER = ['spec', 'template', 'spec', 'containers', 0, 'env']

  it.each([
    ['k6-operator.yaml', 'harness/loaders/gate/k6.js', ['spec', 'runner', 'env']],
    ['artillery-job.yaml', 'harness/loaders/gate/artillery.cjs', CONTAINER],
    ['locust-job.yaml', 'docs/scale/locustfile.py', CONTAINER],
  ])('%s sets only what %s reads', (name, client, path) => {
    const manifest = parseDocument(textOf(`docs/scale/${name}`), { strict: true })
    expect(manifest.errors).toEqual([])
    const variables = (manifest.getIn(path) as YAMLSeq).toJSON() as { name: string }[]
    expect(variables.length).toBeGreaterThan(2)
    for (const variable of variables) expect(textOf(client)).toContain(variable.name)
  })
})
