import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { baselineContract } from '../../harness/contract/index.ts'
import type { BaselineQuestion } from '../../harness/model/capabilities.ts'
import { repositoryWith } from '../git/repository.ts'
import { worldIn } from '../plan/world.ts'

const { baselines } = await loadCapabilities()

/** `main` is a branch, a saved record and a variant, so that every source understands it. */
async function ask(reference: string): Promise<BaselineQuestion> {
  const directory = await repositoryWith({ 'server.js': '' })
  const saved = join(directory, '.bench', 'baselines', 'demo')
  await mkdir(saved, { recursive: true })
  await writeFile(join(saved, 'main.json'), '{}')
  return {
    reference,
    scenario: 'demo',
    file: join(directory, 'demo.js'),
    target: { name: 'shop', command: ['node', 'server.js'], directory },
    variants: ['main', 'cached'].map(id => ({
      id,
      label: id,
      command: [],
      environment: {},
      node: '',
      directory,
    })),
    declared: 'main',
    saved: false,
    world: worldIn(directory, { environment: { PATH: process.env.PATH } }),
  }
}

it('every source has a prefix of its own', () => {
  expect(new Set(baselines.map(({ prefix }) => prefix)).size).toBe(baselines.length)
})

describe.each(baselines)('baseline $name', source => {
  for (const { name, run } of baselineContract(source, 'main', ask)) it(name, run)
})
