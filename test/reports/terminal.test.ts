import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { columns } from '../../harness/words/text.ts'
import terminal, { renderTerminal } from '../../reports/terminal.ts'
import { failed, family, hostile, improved, inconclusive, longNames, regressed } from './variations.ts'

const reports = {
  improved,
  regressed,
  inconclusive,
  family,
  failed,
  hostile,
  longNames,
}
const plain = { colour: false, width: 80 }

describe.each(Object.entries(reports))('%s', (name, make) => {
  const report = make()

  it('matches its golden file', async () => {
    await expect(renderTerminal(report, plain)).toMatchFileSnapshot(`../golden/terminal-${name}.txt`)
  })

  it.each([80, 100, 140])('fits %d columns', width => {
    const lines = renderTerminal(report, { colour: false, width }).split('\n')
    expect(lines.filter(line => columns(line) > width)).toEqual([])
  })

  it('says the same with colours', () => {
    const coloured = renderTerminal(report, { colour: true, width: 80 })
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(report, plain))
  })
})

it('lets no control character of a target through', () => {
  expect(renderTerminal(hostile(), plain)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
})

it('goes to standard output', () => {
  expect(terminal.render(regressed())).toEqual([{ path: '', content: renderTerminal(regressed(), plain) }])
})
