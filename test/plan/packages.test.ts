import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { nodeVersions } from '../../harness/scenario/write.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from './world.ts'

async function planOf(extra: string, request = {}, replaced = {}) {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile(extra) })
  const plan = await makePlan({ scenario: 'demo', ...request }, worldIn(directory, replaced), CAPABILITIES)
  return { directory, plan }
}

describe('two versions of a package', () => {
  test('are two variants that find their package through the environment', async () => {
    const packages = ['jsonwebtoken@8.5.1', '@fastify/jwt@^9.0.2']
    const { directory, plan } = await planOf('', { packages })
    const folders = ['jsonwebtoken@8.5.1', '@fastify+jwt@^9.0.2'].map(name =>
      join(directory, '.bench', 'cache', 'packages', name),
    )
    expect(plan.packages).toEqual([
      { spec: packages[0], name: 'jsonwebtoken', folder: folders[0] },
      { spec: packages[1], name: '@fastify/jwt', folder: folders[1] },
    ])
    expect(plan.baseline).toBe('jsonwebtoken-8.5.1')
    expect(plan.variants).toMatchObject([
      {
        id: 'jsonwebtoken-8.5.1',
        label: packages[0],
        environment: { COLOUR: 'red', FLAMEGATE_MODULES: join(folders[0]!, 'package.json') },
      },
      { id: 'fastify-jwt--9.0.2', environment: { FLAMEGATE_PACKAGE: '@fastify/jwt' } },
    ])
    expect(plan.repeat).toContain("compare-packages jsonwebtoken@8.5.1 '@fastify/jwt@^9.0.2' demo")
  })

  test.each([
    [['jsonwebtoken', 'jsonwebtoken@9'], /`jsonwebtoken` is not the name of a package with its version/],
    [['../evil@1', 'a@1'], /`\.\.\/evil@1` is not/],
    [['a@file:../x', 'a@1'], /`a@file:\.\.\/x` is not/],
    [['a@1 --force', 'a@1'], /is not the name/],
    [['a@1', 'a@1'], /nothing to compare/],
  ])('%j is refused', async (packages, message) => {
    await expect(planOf('', { packages })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    })
  })

  test('cannot be combined with another baseline', async () => {
    await expect(planOf('', { packages: ['a@1', 'a@2'], baseline: 'git:main' })).rejects.toThrow(
      /Packages are/,
    )
  })
})

describe('versions of Node', () => {
  const variants = (versions: string[]) =>
    `variants: ${JSON.stringify(nodeVersions(versions))}, baseline: undefined,`

  test('are variants whose binary npm installs before the run', async () => {
    const { directory, plan } = await planOf(variants(['22', '24.9.0']))
    const folder = join(directory, '.bench', 'cache', 'packages')
    expect(plan.variants.map(({ id, label }) => [id, label])).toEqual([
      ['node-22', 'Node 22'],
      ['node-24.9.0', 'Node 24.9.0'],
    ])
    expect(plan.packages!.map(({ spec }) => spec)).toEqual([
      expect.stringMatching(/^node-.*@22$/),
      expect.stringMatching(/^node-.*@24\.9\.0$/),
    ])
    for (const { node, command } of plan.variants) {
      expect(command[0]).toBe(node)
      expect(node.startsWith(folder)).toBe(true)
    }
  })

  test('are only installed if they are measured', async () => {
    const { plan } = await planOf(variants(['20', '22', '24']), { variants: ['node-24'] })
    expect(plan.packages!.map(({ spec }) => spec.split('@')[1])).toEqual(['20', '24'])
  })

  test('one can be measured against itself', async () => {
    const { plan } = await planOf(variants(['22', '24']), { aa: true })
    expect(plan.variants.map(({ id }) => id)).toEqual(['node-22', 'node-22-again'])
    expect(plan.packages).toHaveLength(1)
  })

  test('reports a platform without a binary on npm', async () => {
    const platform = { ...worldIn('').platform, name: 'plan9' }
    await expect(planOf(variants(['22', '24']), {}, { platform })).rejects.toThrow(/no Node binary for plan9/)
  })
})
