/** Compiled services: the present code is measured, on both sides. */
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../../harness/model/world.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { startFileOf } from '../../harness/provide/files.ts'
import { provide } from '../../harness/provide/index.ts'
import { commit, repositoryWith } from '../git/repository.ts'
import { CAPABILITIES, folderWith, worldIn } from '../plan/world.ts'

const environment = { PATH: process.env.PATH, HOME: process.env.HOME }

/** Copies `src/server.ts` to `dist/server.js`. */
const BUILD = `build: ['node', 'build.mjs'],`
const BUILDER = `import { cpSync, mkdirSync } from 'node:fs'
mkdirSync('dist', { recursive: true })
cpSync('src/server.ts', 'dist/server.js')
`

const project = (target: string, others: Record<string, string> = {}) => ({
  'demo.mjs': `export default {
    target: { name: 'shop', command: ['node', 'dist/server.js'], directory: import.meta.dirname, ${target} },
    load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
  }`,
  'package.json': '{ "scripts": { "build": "node build.mjs" } }',
  'build.mjs': BUILDER,
  'src/server.ts': '// old',
  '.gitignore': 'dist/\n.bench/\n',
  ...others,
})

async function made(
  directory: string,
  request: { baseline?: string; aa?: boolean } = { baseline: 'git:HEAD' },
) {
  const said: string[] = []
  const emit = (progress: Progress) => progress.type === 'prepare' && said.push(progress.what)
  const world = worldIn(directory, { environment, emit })
  const plan = await makePlan({ scenario: 'demo.mjs', ...request }, world, CAPABILITIES)
  const { release, findings } = await provide(plan, world)
  const texts = await Promise.all(
    plan.variants.map(it => readFile(join(it.directory, 'dist/server.js'), 'utf8')),
  )
  await release()
  return { said, texts, findings: findings.map(({ code }) => code) }
}

const refusal = async (directory: string) =>
  await made(directory).then(
    () => ({}),
    ({ message, advice, place, details }) => ({ message, advice, place, details }),
  )

/** A build of long ago. */
async function oldBuild(directory: string, path = 'dist/server.js') {
  await utimes(join(directory, path), 1_000_000, 1_000_000)
}

describe('a target that is built', () => {
  test('is built in the checkout and in the working tree, whatever build is there', async () => {
    const directory = await repositoryWith(project(BUILD))
    await writeFile(join(directory, 'src/server.ts'), '// new')
    const { texts, said, findings } = await made(directory)
    expect(texts).toEqual(['// old', '// new'])
    expect(said.filter(what => what.startsWith('building'))).toEqual([
      'building working tree: node build.mjs',
      expect.stringMatching(/^building HEAD \(.*\): node build\.mjs$/),
    ])
    expect(findings).toEqual([])
    await writeFile(join(directory, 'src/server.ts'), '// newer')
    expect((await made(directory)).texts).toEqual(['// old', '// newer'])
  })

  test('is built once for variants in one folder', async () => {
    const directory = await folderWith(project(BUILD))
    const { said, texts } = await made(directory, { aa: true })
    expect(said).toEqual(['building current: node build.mjs'])
    expect(texts).toEqual(['// old', '// old'])
  })

  test('is not measured when its build fails, and the output is shown', async () => {
    const directory = await repositoryWith(
      project(BUILD, { 'build.mjs': 'console.error("TS2322"); process.exit(2)' }),
    )
    expect(await refusal(directory)).toMatchObject({
      message: 'Building working tree failed (code 2).',
      details: 'TS2322',
      advice: 'Make the build pass first, or check `build` of the target.',
    })
  })

  test('gets the advice to take another commit when that one does not build', async () => {
    const directory = await repositoryWith(project(BUILD, { 'build.mjs': 'process.exit(2)' }))
    await writeFile(join(directory, 'build.mjs'), BUILDER)
    expect(await refusal(directory)).toMatchObject({
      message: expect.stringMatching(/^Building HEAD \(.*\) failed \(code 2\)\.$/),
      advice: 'Compare with a commit that builds, or check `build` of the target.',
    })
  })

  test('names the expected file when its build makes something else', async () => {
    const directory = await repositoryWith(project(BUILD, { 'build.mjs': '' }))
    expect(await refusal(directory)).toEqual({
      message: 'dist/server.js does not exist, so nothing can be started.',
      place: directory,
      advice: '`node build.mjs` ran without making it: check `command` and `build` of the target.',
      details: undefined,
    })
  })
})

describe('a target without `build`', () => {
  test('gets advice when it was not built', async () => {
    const directory = await repositoryWith(project(''))
    expect(await refusal(directory)).toMatchObject({
      message: 'dist/server.js does not exist, so nothing can be started.',
      advice:
        "Run `npm run build` first, or set `build: ['npm', 'run', 'build']` of the target, which builds both sides before a run.",
    })
  })

  test('gets the advice to build both sides when the checkout has nothing to start', async () => {
    const directory = await repositoryWith(project('', { 'dist/server.js': '// built' }))
    expect(await refusal(directory)).toMatchObject({
      message: expect.stringMatching(
        /^HEAD \(.*\) does not have the file dist\/server\.js, so it cannot be started\.$/,
      ),
      advice: expect.stringMatching(/^Set `build: \['npm', 'run', 'build'\]` of the target/),
    })
  })

  const PREPARED = `prepare: ['node', 'build.mjs'],`

  test('is not compared with a commit when a source is newer than its build', async () => {
    const directory = await repositoryWith(project(PREPARED, { 'dist/server.js': '// built' }))
    await commit(directory, { 'src/deep/handler.ts': '// newest' })
    await oldBuild(directory)
    await oldBuild(directory, 'src/server.ts')
    expect(await refusal(directory)).toMatchObject({
      message:
        'dist/server.js was built before src/deep/handler.ts was changed, so it is not the present code.',
      advice: expect.stringMatching(/^Build first, or set `build/),
    })
    const { findings } = await made(directory, { aa: true })
    expect(findings).toEqual(['stale-build'])
  })

  test('is compared when its build is newer than every source; tests and scenarios do not count', async () => {
    const directory = await repositoryWith(project(PREPARED, { 'dist/server.js': '// built' }))
    await oldBuild(directory, 'src/server.ts')
    await commit(directory, { 'test/server.test.ts': '', 'scenarios/a.ts': '', 'vite.config.ts': '' })
    for (const path of ['test/server.test.ts', 'scenarios/a.ts', 'vite.config.ts', 'build.mjs', 'demo.mjs'])
      await utimes(join(directory, path), 4_000_000_000, 4_000_000_000)
    expect(await made(directory)).toMatchObject({ findings: [], texts: ['// old', '// built'] })
  })

  test('needs no build when a source is started', async () => {
    const directory = await repositoryWith(
      project(PREPARED, { '.gitignore': '.bench/\n', 'dist/server.js': 'x' }),
    )
    await oldBuild(directory)
    expect((await made(directory, { aa: true })).findings).toEqual([])
  })
})

test.each([
  ['server.js', '/app/server.js'],
  ['--no-warnings server.js', '/app/server.js'],
  ['-r dotenv/config.js dist/main.mjs --port 3', '/app/dist/main.mjs'],
  ['--import ./register.mjs src/server.ts', '/app/src/server.ts'],
  ['--import=tsx /abs/server.ts', '/abs/server.ts'],
  ['--env-file .env server.js x.js', '/app/server.js'],
  ['.', undefined],
  ['dist/server', undefined],
  ['-e console.log() x.js', undefined],
  ['', undefined],
])('node %s starts %s', (words, file) => {
  const command = ['/node', ...words.split(' ').filter(Boolean)]
  const variant = { id: 'a', label: 'a', command, directory: '/app', environment: {}, node: '/node' }
  expect(startFileOf(variant)).toBe(file)
  expect(startFileOf({ ...variant, command: ['npm', ...command.slice(1)] })).toBeUndefined()
})
