import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { columns } from '../../harness/words/text.ts'
import terminal, { renderTerminal } from '../../reports/terminal.ts'
import { failed, family, hostile, inconclusive, longNames, regressed, sampleReport } from './sample.ts'

const samples = {
  improved: () => sampleReport(),
  regressed,
  inconclusive,
  family,
  failed,
  hostile,
  longNames,
}
const plain = { colour: false, width: 80 }

describe.each(Object.entries(samples))('%s', (name, make) => {
  it('matches its golden file', async () => {
    await expect(renderTerminal(make(), plain)).toMatchFileSnapshot(`../golden/terminal-${name}.txt`)
  })

  it.each([80, 100, 140])('fits %d columns', width => {
    const lines = renderTerminal(make(), { colour: false, width }).split('\n')
    expect(lines.filter(line => columns(line) > width)).toEqual([])
  })

  it('says the same with colours', () => {
    const coloured = renderTerminal(make(), { colour: true, width: 80 })
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(make(), plain))
  })
})

it('lets no control character of a target through', () => {
  expect(renderTerminal(hostile(), plain)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
})

it('goes to standard output', () => {
  expect(terminal.render(regressed())).toEqual([{ path: '', content: renderTerminal(regressed(), plain) }])
})
