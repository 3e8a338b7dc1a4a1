import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CODES, KINDS, MOMENTS, type Outcome, titleOf } from '../../../validate/faults/kinds.ts'

const text = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8')
const rows = text.split('\n').map(line => line.split('|').map(cell => cell.trim()))

/** What is allowed of a fault at a moment, in the words of the table: what comes of it, exit code, rounds kept. */
const words = (outcome: Outcome) =>
  (outcome === 'lost' || outcome === 'unharmed' ? [2] : [1, 2]).map(
    rounds => `${outcome}, ${CODES[outcome] ?? 'none'}, ${rounds}`,
  )

describe('the table that docs/reliability.md has of what was measured', () => {
  test.each(KINDS)('has $name by the $victim at every moment, with what the rules allow', kind => {
    const [title, ...cells] = rows.find(([, first]) => first === titleOf(kind))!.slice(1, -1)
    const message = cells.pop()!
    expect(title).toBe(titleOf(kind))
    expect(cells).toHaveLength(MOMENTS.length)
    for (const [i, moment] of MOMENTS.entries())
      expect(kind.outcomes[moment]?.flatMap(words) ?? ['does not apply']).toContain(cells[i])
    if (cells.some(cell => cell.startsWith('lost')) && kind.says) expect(message).toMatch(kind.says)
  })
})

test('every moment has twenty kinds of fault at least', () => {
  for (const moment of MOMENTS)
    expect(KINDS.filter(({ outcomes }) => outcomes[moment]).length).toBeGreaterThanOrEqual(20)
})
