import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CODES, type Effect, KINDS, MOMENTS, titleOf } from '../../../validate/faults/kinds.ts'

const text = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8')
const rows = text.split('\n').map(line => line.split('|').map(cell => cell.trim()))

/** Cells of the table that an effect allows: the effect, the exit code, the rounds kept. */
const cellsFor = (effect: Effect) =>
  (effect === 'lost' || effect === 'unharmed' ? [2] : [1, 2]).map(
    rounds => `${effect}, ${CODES[effect] ?? 'none'}, ${rounds}`,
  )

describe('the table of measured effects in docs/reliability.md', () => {
  test.each(KINDS)('shows for $name ($victim) what the rules allow at every moment', kind => {
    const [title, ...cells] = rows.find(([, first]) => first === titleOf(kind))!.slice(1, -1)
    const message = cells.pop()!
    expect(title).toBe(titleOf(kind))
    expect(cells).toHaveLength(MOMENTS.length)
    for (const [i, moment] of MOMENTS.entries())
      expect(kind.effects[moment]?.flatMap(cellsFor) ?? ['does not apply']).toContain(cells[i])
    if (cells.some(cell => cell.startsWith('lost')) && kind.says) expect(message).toMatch(kind.says)
  })
})

test('every moment has at least twenty kinds of fault', () => {
  for (const moment of MOMENTS)
    expect(KINDS.filter(({ effects }) => effects[moment]).length).toBeGreaterThanOrEqual(20)
})
