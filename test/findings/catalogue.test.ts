/** Every finding is in one catalogue, and each of its entries is used. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { finding } from '../../harness/findings/index.ts'
import { CATALOGUE } from '../../harness/model/catalogue.ts'

const HARNESS = join(import.meta.dirname, '..', '..', 'harness')

const sources = readdirSync(HARNESS, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !/^(findings|model)/.test(path))
  .map(path => readFileSync(join(HARNESS, path), 'utf8'))
  .join('\n')

describe.each(Object.entries(CATALOGUE))('%s', (code, { advice }) => {
  test('has a code in kebab-case and a sentence of advice', () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(advice).toMatch(/^[A-Z].*\.$/s)
  })

  test('is detected somewhere', () => {
    expect(sources).toMatch(new RegExp(`'${code}'|^ +${code}:`, 'm'))
  })
})

test('a finding has the severity and the advice of its entry', () => {
  expect(finding('steal', 'Seen.')).toEqual({ code: 'steal', message: 'Seen.', ...CATALOGUE.steal })
})

test('a detector can set the severity itself', () => {
  const seen = { message: 'Seen.', severity: 'info' } as const
  expect(finding('steal', seen)).toEqual({ ...CATALOGUE.steal, code: 'steal', ...seen })
})

test('findings are made from the catalogue only', () => {
  expect(sources).not.toMatch(/severity: '(info|warning|error)'/)
})

test('a misspelt code does not compile', () => {
  const { code } = finding('steal', 'Seen.')
  // @ts-expect-error: the comparison must not compile, because no finding has this code.
  expect(code === 'steel').toBe(false)
})
