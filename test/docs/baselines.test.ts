/** Every example of docs/baselines.md: commands are planned, modules are loaded. */
import { readFileSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { FLAGS } from '../../harness/cli/flags.ts'
import type { Capabilities } from '../../harness/model/capabilities.ts'
import { loadScenario } from '../../harness/plan/index.ts'
import { runCli } from '../cli/host.ts'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { folderWith } from '../plan/world.ts'
import { sampleRecord } from '../store/record.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PAGE = readFileSync(join(ROOT, 'docs', 'baselines.md'), 'utf8')

const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(match => match[1]!)

const commands = blocks('sh').flatMap(block => block.trim().split('\n'))

const CHECKOUT = `export default {
  target: { name: 'shop', command: ['node', 'server.js'], directory: import.meta.dirname },
  variants: { plain: {}, cached: { environment: { CACHE: '1' } } },
  baseline: 'plain',
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}
`

let capabilities: Capabilities
let directory: string
beforeAll(async () => {
  capabilities = await loadCapabilities()
})

async function project(): Promise<string> {
  const record = JSON.stringify(sampleRecord())
  directory = await repositoryWith({
    'scenarios/checkout.js': CHECKOUT,
    'runs/2026-05-04/record.json': record,
  })
  git(directory, 'tag', 'v1.2.0')
  await commit(directory, { 'server.js': '' })
  const saved = join(directory, '.bench', 'baselines', 'checkout')
  await mkdir(saved, { recursive: true })
  await writeFile(join(saved, 'main.json'), record)
  return directory
}

test.each(commands)('%s', async line => {
  const [program, name, ...argv] = line.split(' ')
  expect([program, name]).toEqual(['npx', 'flamegate'])
  const { code, err, out } = await runCli([...argv, '--dry-run'], {
    directory: await project(),
    environment: { PATH: process.env.PATH! },
    capabilities,
  })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('scenario')
})

test.each(blocks('ts').map((block, i) => [i + 1, block]))(
  'example %i in TypeScript loads',
  async (_, block) => {
    const folder = await folderWith({ 'example.ts': block })
    await mkdir(join(folder, 'node_modules'))
    await symlink(ROOT, join(folder, 'node_modules', 'flamegate'))
    const file = join(folder, 'example.ts')
    if (block.includes('export default')) {
      const { target, load } = await loadScenario(file)
      expect([target.name, load.steps.length]).toEqual(['shop', 1])
    } else
      expect((await import(pathToFileURL(file).href)).shop).toMatchObject({
        prepare: ['npm', 'install'],
        build: ['npm', 'run', 'build'],
        copy: ['.env', 'certs/'],
      })
    await rm(join(folder, 'node_modules', 'flamegate'))
  },
)

test('the example in JavaScript resolves the package from `FLAMEGATE_MODULES`', async () => {
  const folder = await folderWith({
    'service.js': `${blocks('js')[0]}\nexport default jwt\n`,
    'cache/package.json': '{}',
    'cache/node_modules/jsonwebtoken/index.js': 'module.exports = "the one that is compared"',
    'cache/node_modules/jsonwebtoken/package.json': '{}',
  })
  process.env.FLAMEGATE_MODULES = join(folder, 'cache', 'package.json')
  try {
    const { default: jwt } = await import(pathToFileURL(join(folder, 'service.js')).href)
    expect(jwt).toBe('the one that is compared')
  } finally {
    delete process.env.FLAMEGATE_MODULES
  }
})

test('every flag that the page names exists', () => {
  const named = [...PAGE.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(match => match[1]!)
  expect(named.filter(name => !Object.hasOwn(FLAGS, name))).toEqual([])
})
