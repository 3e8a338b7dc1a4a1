/** Files that git ignores: named, copied when they are asked for, and never a way for the base to run the working tree. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { namingFiles } from '../../harness/measure/harness/start-failures.ts'
import { MeasureError } from '../../harness/model/errors.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { provide } from '../../harness/provide/index.ts'
import { commit, repositoryWith } from '../git/repository.ts'
import { CAPABILITIES, worldIn } from '../plan/world.ts'

const environment = { PATH: process.env.PATH, HOME: process.env.HOME }

const scenario = (target: string) => `export default {
  target: { name: 'shop', command: ['node', 'server.js'], directory: import.meta.dirname, ${target} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}`

const IGNORE = ['coverage/', 'dist/', '.env*', 'certs/*.pem', 'generated/', 'notes', '*.log', ''].join('\n')

/** What git ignores, beside a service that needs some of it. */
const IGNORED = {
  '.env': 'A=1',
  '.env.local': 'B=2',
  'certs/key.pem': 'KEY',
  'generated/client.js': 'export {}',
  notes: 'buy milk',
  'coverage/index.html': '',
  'dist/old.js': '',
  'debug.log': '',
}

async function project(target: string, folder = '.') {
  const at = (files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text]))
  const directory = await repositoryWith({
    '.gitignore': IGNORE,
    ...at({ 'demo.mjs': scenario(target), 'server.js': '', 'certs/readme.txt': 'x' }),
  })
  for (const [path, text] of Object.entries(at(IGNORED))) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  await commit(directory, {})
  return join(directory, folder)
}

async function made(directory: string) {
  const world = worldIn(directory, { environment })
  const plan = await makePlan({ scenario: 'demo.mjs', baseline: 'git:HEAD' }, world, CAPABILITIES)
  const { release, findings, lacking } = await provide(plan, world)
  const base = plan.variants[0]!.directory
  const has = Object.fromEntries(Object.keys(IGNORED).map(path => [path, existsSync(join(base, path))]))
  const key = await readFile(join(base, 'certs/key.pem'), 'utf8').catch(() => null)
  await release()
  return { has, key, findings: findings.filter(({ code }) => code !== 'copied-modules'), lacking, base }
}

/** Modules have ways of their own into the checkout. */
const copiedOf = ({ has }: { has: Record<string, boolean> }) =>
  Object.keys(has).filter(path => has[path] && !path.startsWith('node_modules'))

describe('what git ignores', () => {
  test('is listed without what tools leave behind, and settings that are read by convention give a warning', async () => {
    const run = await made(await project(''))
    expect(run.lacking).toEqual(['.env', '.env.local', 'certs/key.pem', 'generated/', 'notes'])
    expect(run.findings).toMatchObject([
      {
        code: 'ignored-settings',
        message: expect.stringMatching(/^HEAD .* runs without \.env, \.env\.local:/),
      },
    ])
    expect(copiedOf(run)).toEqual([])
  })

  test('is copied when the target names it: files, folders and patterns; missing ones are skipped', async () => {
    const run = await made(await project(`copy: ['.env*', 'certs/', 'not-there'],`))
    expect(copiedOf(run)).toEqual(['.env', '.env.local', 'certs/key.pem'])
    expect(run.key).toBe('KEY')
    expect(run.lacking).toEqual(['generated/', 'notes'])
    expect(run.findings).toEqual([])
    expect(existsSync(run.base)).toBe(false)
  })

  test('in a folder of the repository: its own files, and the settings of the folders above it', async () => {
    const directory = await project(`copy: ['../../.env', 'certs'],`, 'packages/api')
    await writeFile(join(directory, '../../.env'), 'ROOT=1')
    await writeFile(join(directory, '../../.env.test'), 'ROOT=2')
    await writeFile(join(directory, '../../notes'), 'of somebody else')
    const run = await made(directory)
    expect(run.lacking).toEqual(['../../.env.test', '.env', '.env.local', 'generated/', 'notes'])
    expect(run.key).toBe('KEY')
  })

  test('is copied with a warning when it is code of the working tree', async () => {
    const { has, findings } = await made(await project(`copy: ['generated'],`))
    expect(has['generated/client.js']).toBe(true)
    expect(findings.map(({ code }) => code)).toContain('copied-code')
  })

  test('is refused when it is the file to start: the base would be the working tree', async () => {
    const directory = await project(`command: ['node', 'dist/old.js'], copy: ['dist'],`)
    await expect(made(directory)).rejects.toMatchObject({
      message: expect.stringContaining('`copy` names dist/old.js, which is what is started'),
    })
  })

  test('does not replace files of the commit', async () => {
    const directory = await project(`copy: ['server.js', 'certs/readme.txt', '.env'],`)
    await writeFile(join(directory, 'server.js'), '// changed')
    const world = worldIn(directory, { environment })
    const plan = await makePlan({ scenario: 'demo.mjs', baseline: 'git:HEAD' }, world, CAPABILITIES)
    const { release } = await provide(plan, world)
    expect(await readFile(join(plan.variants[0]!.directory, 'server.js'), 'utf8')).toBe('')
    await release()
  })
})

describe('a base that does not start', () => {
  const told = (details: string, lacking: string[]) => {
    const error = new MeasureError('It ended.', { place: 'node x', advice: 'Start it by hand.', details })
    const { message, place, advice } = namingFiles(error, lacking) as MeasureError
    expect([message, place]).toEqual(['It ended.', 'node x'])
    return advice
  }

  test.each([
    ["Error: ENOENT: no such file or directory, open 'certs/key.pem'", 'certs/key.pem'],
    ['node: .env: not found', '.env'],
    ["Cannot find module '/x/generated/client.js' imported from /x/server.js", 'generated/'],
    ["Cannot find module './settings'", 'settings.json'],
  ])('%s: the file that the output names', (output, path) => {
    expect(told(output, ['.env', 'certs/key.pem', 'generated/', 'settings.json'])).toBe(
      `The working tree has ${path}, and git ignores it, so the checkout does not. Add \`copy: ['${path}']\` to the target to copy it.`,
    )
  })

  test('names any of them when its output names none', () => {
    expect(
      told('Missing environment variable DATABASE_URL\n  at process.env.DATABASE_URL', ['.env', 'notes']),
    ).toBe(
      "The working tree has .env, notes, and git ignores them, so the checkout does not. Add `copy: ['.env', 'notes']` to the target if it needs them. Start it by hand.",
    )
  })

  test('keeps its advice when there are none', () => expect(told('', [])).toBe('Start it by hand.'))
})
