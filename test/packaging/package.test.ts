/** The published package, from `npm pack` to an empty project of somebody else. */
import { execFileSync } from 'node:child_process'
import { globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Manifest, packedManifest } from '../../packaging/manifest.ts'
import { ENVIRONMENT, type Packed, pack } from '../../packaging/pack.ts'
import { emptyProject, npmAnswers } from './project.ts'

const own = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as Manifest

let packed: Packed
beforeAll(() => {
  packed = pack()
})
afterAll(() => packed.remove())

test('the manifest has nothing that only the repository uses, and points to compiled files', () => {
  const { exports, bin, ...manifest } = packedManifest(own)
  expect(Object.keys(manifest)).not.toContain('optionalDependencies')
  expect(Object.keys(manifest)).not.toContain('devDependencies')
  expect(Object.keys(manifest)).not.toContain('scripts')
  expect(manifest).toMatchObject({ dependencies: own.dependencies, engines: own.engines })
  expect(bin).toEqual({ flamegate: 'dist/harness/bin.js' })
  expect(exports['./plugin']).toEqual({
    types: './dist/harness/plugin.d.ts',
    default: './dist/harness/plugin.js',
  })
  expect(exports['./package.json']).toBe('./package.json')
})

test('the tarball has the files that run, and nothing else', () => {
  const compiled = packed.files.filter(path => path.startsWith('dist/'))
  expect(packed.files.filter(path => !compiled.includes(path)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'action.yml',
    'package.json',
  ])
  for (const path of [
    'harness/bin.js',
    'harness/index.d.ts',
    'harness/config.schema.json',
    // What runs in somebody else's process loads its parts at run time.
    ...globSync('harness/{agent,probe}/**/*.{cjs,d.cts}', { cwd: join(import.meta.dirname, '../..') }),
    ...['k6.js', 'artillery.cjs', 'artillery.yml'].map(name => `harness/loaders/gate/${name}`),
    'reports/html/page/main.js',
    'reports/html/style/1-tokens.css',
    'reports/html/templates/page.hbs',
    'targets/injected/server.js',
  ])
    expect(compiled).toContain(`dist/${path}`)
  expect(compiled.filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([])
  expect(compiled.filter(path => !/\.(c?js|d\.c?ts|css|hbs|json|yml)$/.test(path))).toEqual([])
})

test('publint finds nothing', async () => {
  const tarball = Uint8Array.from(readFileSync(packed.tarball)).buffer
  expect((await publint({ pack: { tarball } })).messages).toEqual([])
})

/** Bytes of a folder with all that is in it. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

const title = 'in an empty project'
describe.skipIf(!npmAnswers())(npmAnswers() ? title : `${title} (skipped: no registry answers npm)`, () => {
  const run = (folder: string, program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8' })

  test('the package installs in less than 40 MB, runs with npx, has types and can be used by a program', () => {
    const folder = emptyProject({
      'package.json': '{ "type": "module" }',
      'scenarios/demo.ts': `import { defineScenario, get } from 'flamegate'
        export default defineScenario({
          target: { name: 'demo', command: ['node', '-e', 'process.exit(7)'], directory: import.meta.dirname },
          variants: { a: {}, b: {} },
          baseline: 'a',
          load: { steps: [get('/')] },
        })`,
      'program.ts': `import { bench, MeasureError, type Report, thisWorld } from 'flamegate'
        import { metricContract } from 'flamegate/contract'
        import { type Metric, perRequest } from 'flamegate/plugin'
        const metric: Metric = { id: 'mine', title: 'Mine', unit: 'count', family: 'runtime', better: 'lower', order: 1,
          measure: launch => perRequest(launch, 'bytes') }
        for (const { run } of metricContract(metric)) await run()
        const told: Report | string = await bench({ scenario: 'demo' }, thisWorld()).catch((error: unknown) =>
          error instanceof MeasureError ? error.message : String(error))
        const aborted = await bench({ scenario: 'demo' }, thisWorld({ signal: AbortSignal.abort() })).then(
          ({ run }) => run.ending)
        console.log(JSON.stringify([told, aborted]))`,
    })
    run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--save-dev', packed.tarball)
    expect(sizeOf(join(folder, 'node_modules'))).toBeLessThan(40e6)
    expect(run(folder, 'npx', 'flamegate', '--version')).toBe(`${own.version}\n`)
    const doctors = 'node_modules/flamegate/dist/scenarios/injected.js'
    expect(run(folder, 'npx', 'flamegate', doctors, '--dry-run')).toContain('GET /orders')
    const types = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
    const roots = ['--typeRoots', join(import.meta.dirname, '../../node_modules/@types')]
    const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
    run(folder, process.execPath, tsc, '--noEmit', ...types, ...roots, 'program.ts')
    const printed = run(folder, process.execPath, 'program.ts')
    expect(JSON.parse(printed)).toEqual([
      expect.stringContaining('ended with code 7 before it was ready'),
      'interrupted',
    ])
  })

  test('a plugin package adds a collector, a metric and a reporter to a run', { timeout: 120_000 }, () => {
    const folder = emptyProject({
      'package.json': '{ "type": "module" }',
      'flamegate.config.ts': `import { defineConfig } from 'flamegate'
        export default defineConfig({ plugins: ['acme-plugin'], scenario: { collectors: ['acme'] } })`,
      'scenarios/demo.ts': `import { join } from 'node:path'
        import { defineScenario, get } from 'flamegate'
        export default defineScenario({
          target: { name: 'demo', command: ['node', 'server.js'], directory: join(import.meta.dirname, '..') },
          variants: { a: {}, b: {} },
          load: { steps: [get('/')] },
          gates: { 'acme.load': '+50%' },
        })`,
      'server.js': `import { createServer } from 'node:http'
        createServer((_, response) => response.end('ok')).listen(process.env.PORT)`,
      'acme/package.json':
        '{ "name": "acme-plugin", "version": "1.0.0", "type": "module", "exports": "./main.js" }',
      'acme/main.js': `const collector = { name: 'acme', order: 90, async start() {},
          async stop() { return { figures: { load: 7 } } } }
        const metric = { id: 'acme.load', title: 'Acme load', unit: 'count', family: 'runtime', better: 'lower', order: 90,
          measure: ({ collected }) => collected.acme?.figures.load ?? null }
        const reporter = { name: 'acme', render: ({ analysis }) => [{ path: 'acme.txt',
          content: analysis.comparisons.find(({ metric }) => metric === 'acme.load').title }] }
        export default [collector, metric, reporter]`,
    })
    run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--save-dev', packed.tarball, './acme')
    run(folder, 'npx', 'flamegate', 'demo', '--quick', '--output', 'out')
    const read = (name: string) => readFileSync(join(folder, 'out', name), 'utf8')
    expect(read('acme.txt')).toBe('Acme load')
    const { comparisons } = JSON.parse(read('report.json')) as { comparisons: Record<string, unknown>[] }
    expect(comparisons.find(({ metric }) => metric === 'acme.load')).toMatchObject({ before: 7, after: 7 })
    run(folder, 'npx', 'flamegate', 'report', 'out', '--output', 'again')
    expect(readFileSync(join(folder, 'again', 'acme.txt'), 'utf8')).toBe('Acme load')
    run(folder, 'npm', 'uninstall', '--no-audit', '--no-fund', 'acme-plugin')
    writeFileSync(join(folder, 'flamegate.config.ts'), 'export default {}')
    expect(run(folder, 'npx', 'flamegate', 'report', 'out', '--output', 'without')).not.toContain('Acme load')
  })
})
