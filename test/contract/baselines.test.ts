import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { BaselineQuestion } from '../../harness/model/capabilities.ts'
import { repositoryWith } from '../git/repository.ts'
import { variantOf } from '../judge/comparisons.ts'
import { worldIn } from '../plan/world.ts'

const { baselines } = await loadCapabilities()

/** A reference that each source understands in the project below. */
const UNDERSTOOD: Record<string, string> = { git: 'main', record: 'main', variant: 'plain' }

async function question(reference: string): Promise<BaselineQuestion> {
  const directory = await repositoryWith({ 'server.js': '' })
  const saved = join(directory, '.bench', 'baselines', 'demo')
  await mkdir(saved, { recursive: true })
  await writeFile(join(saved, 'main.json'), '{}')
  return {
    reference,
    scenario: 'demo',
    file: join(directory, 'demo.js'),
    target: { name: 'shop', command: ['node', 'server.js'], directory },
    variants: ['plain', 'cached'].map(id => ({ ...variantOf(id), directory })),
    declared: 'plain',
    saved: false,
    world: worldIn(directory, { environment: { PATH: process.env.PATH } }),
  }
}

it('every source has a prefix of its own', () => {
  expect(new Set(baselines.map(({ prefix }) => prefix)).size).toBe(baselines.length)
  expect(baselines.map(({ name }) => name)).toEqual(Object.keys(UNDERSTOOD))
})

describe.each(baselines)('baseline $name', source => {
  it('says how it is written', () => {
    expect(source.form.startsWith(source.prefix)).toBe(true)
    expect(source.form).toMatch(/<.+>$/)
  })

  it('gives one baseline among variants of different names, or a record to judge against', async () => {
    const { variants, baseline, recorded } = await source.plan(await question(UNDERSTOOD[source.name]!))
    const ids = variants.map(({ id }) => id)
    expect(ids[0]).toBe(baseline)
    expect(new Set(ids).size).toBe(ids.length)
    expect(variants.length > 1 || recorded !== undefined).toBe(true)
  })

  it('makes nothing', async () => {
    const asked = await question(UNDERSTOOD[source.name]!)
    const { checkout } = await source.plan(asked)
    if (checkout) expect(existsSync(checkout.folder)).toBe(false)
  })

  it.each(['no-such-thing', '../../etc', '-rf', 'a b', '\0', 'x'.repeat(500)])(
    'refuses %j with a way out',
    async reference => {
      await expect(source.plan(await question(reference))).rejects.toMatchObject({
        name: 'UsageError',
        advice: expect.stringMatching(/./),
      })
    },
  )
})
