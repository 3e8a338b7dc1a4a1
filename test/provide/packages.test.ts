import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Progress } from '../../harness/model/world.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { provide } from '../../harness/provide/index.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from '../plan/world.ts'
import { registryWith } from './registry.ts'

const GREET = ['1.0.0', '2.0.0'].map(version => ({
  name: 'greet',
  version,
  index: `export default 'Hello from ${version}'`,
}))

async function planned(directory: string, packages: string[]) {
  const said: Progress[] = []
  const registry = await registryWith(GREET)
  const world = worldIn(directory, {
    environment: { PATH: process.env.PATH, ...registry },
    emit: progress => said.push(progress),
  })
  const plan = await makePlan({ scenario: 'demo', packages }, world, CAPABILITIES)
  return { plan, said, make: () => provide(plan, world) }
}

const project = () => folderWith({ 'scenarios/demo.ts': scenarioFile(), 'scenarios/server.js': '' })
const cached = (directory: string) => readdir(join(directory, '.bench', 'cache', 'packages'))

test('each version gets its own folder, which is kept for the next run', async () => {
  const directory = await project()
  const { plan, said, make } = await planned(directory, ['greet@1.0.0', 'greet@2.0.0'])
  await make()
  for (const { spec, folder } of plan.packages!) {
    const text = await readFile(join(folder, 'node_modules', 'greet', 'index.js'), 'utf8')
    expect(text).toContain(spec.split('@')[1])
  }
  expect(said).toEqual(
    ['greet@1.0.0', 'greet@2.0.0'].map(spec => ({ type: 'prepare', what: `installing ${spec}` })),
  )
  await make()
  expect(said).toHaveLength(2)
  expect(await cached(directory)).toEqual(['greet@1.0.0', 'greet@2.0.0'])
})

test('the message of npm about an unpublished version is shown, and nothing is left', async () => {
  const directory = await project()
  const { make } = await planned(directory, ['greet@1.0.0', 'greet@9.9.9'])
  await expect(make()).rejects.toMatchObject({
    name: 'MeasureError',
    message: 'Installing greet@9.9.9 failed (code 1).',
    details: expect.stringContaining('9.9.9'),
  })
  expect(await cached(directory)).toEqual(['greet@1.0.0'])
})

test('a folder that cannot be written', async () => {
  const directory = await project()
  const { make } = await planned(directory, ['greet@1.0.0', 'greet@2.0.0'])
  await mkdir(join(directory, '.bench'))
  await writeFile(join(directory, '.bench', 'cache'), 'a file where the folder should be')
  await expect(make()).rejects.toMatchObject({
    message: 'Packages cannot be installed here.',
    advice: expect.stringContaining('Free some space'),
  })
  expect(existsSync(join(directory, '.bench', 'cache', 'packages'))).toBe(false)
})
