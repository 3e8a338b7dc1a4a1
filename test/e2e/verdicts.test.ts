/** Two rounds are always *inconclusive*: the exit code depends on `--strict`. */
import { describe, expect, it } from 'vitest'
import { flamegate, recordIn } from './flamegate.ts'

describe('a baseline against itself', () => {
  it.each([
    [[], 0, /warning: 1 of 2 gates could not be decided\. The run still passes/],
    [['--strict'], 1, /warning: 1 of 2 gates could not be decided, and --strict makes that a failure/],
  ])('is inconclusive after two rounds with %j: exit code %i', async (strict, exitCode, warning) => {
    const run = await flamegate(['well', '--aa', '--rounds', '2', ...strict])
    expect(run).toMatchObject({ exitCode, left: [], stdout: expect.stringContaining('inconclusive') })
    expect(run.stderr).toMatch(warning)
    const { rounds, plan } = recordIn(run.output)
    const { variants } = plan
    expect(variants.map(({ id }) => id)).toEqual(['well', 'well-again'])
    const [before, after] = variants
    expect({ ...after, id: before!.id, label: before!.label }).toEqual(before)
    const isFirst = rounds.map(({ launches }) => {
      const startOf = (id: string) => launches.find(({ variant }) => variant === id)!.timed.start![0]!
      return startOf('well') < startOf('well-again')
    })
    expect(isFirst).toEqual([isFirst[0], !isFirst[0]])
  })
})
