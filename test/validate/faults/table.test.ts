import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { KINDS, MOMENTS } from '../../../validate/faults/kinds.ts'
import { rulesTable } from '../../../validate/faults/table.ts'

test('docs/reliability.md has the table by which faults are judged', () => {
  const text = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8')
  expect(text.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| ')).toContain(rulesTable())
})

test('every moment has twenty kinds of fault at least', () => {
  for (const moment of MOMENTS)
    expect(KINDS.filter(({ outcomes }) => outcomes[moment]).length).toBeGreaterThanOrEqual(20)
})
