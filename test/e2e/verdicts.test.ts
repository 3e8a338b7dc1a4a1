/** Two rounds are too few for any word but *inconclusive*: what becomes of it depends on `--strict`. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flamegate, left } from './flamegate.ts'

describe('a baseline against itself', () => {
  it.each([
    [[], 0, /warning: 1 of 2 gates could not be decided\. This passes/],
    [['--strict'], 1, /warning: 1 of 2 gates could not be decided, and --strict makes that a failure/],
  ])('with two rounds and %j is inconclusive: exit code %i', async (strict, code, warning) => {
    const { child, output } = flamegate(['well', '--aa', '--rounds', '2', ...strict])
    const { exitCode, stderr, stdout } = await child
    expect({ exitCode, left: left(output) }).toEqual({ exitCode: code, left: [] })
    expect(stderr).toMatch(warning)
    expect(stdout).toContain('inconclusive')
    const { plan } = JSON.parse(readFileSync(`${output}/record.json`, 'utf8'))
    expect(plan.variants.map(({ id }: { id: string }) => id)).toEqual(['well', 'well-again'])
    const [before, after] = plan.variants
    expect({ ...after, id: before.id, label: before.label }).toEqual(before)
  })
})
