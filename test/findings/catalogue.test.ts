/** Every finding is in one catalogue, and each of its entries can occur. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, finding } from '../../harness/findings/catalogue.ts'

const HARNESS = join(import.meta.dirname, '..', '..', 'harness')

const sources = readdirSync(HARNESS, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !/^(findings|model)/.test(path))
  .map(path => readFileSync(join(HARNESS, path), 'utf8'))
  .join('\n')

describe.each(Object.entries(CATALOGUE))('%s', (code, { advice }) => {
  test('its code is kebab-case, its advice a sentence', () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(advice).toMatch(/^[A-Z].*\.$/s)
  })

  test('something detects it', () => {
    expect(sources).toMatch(new RegExp(`'${code}'|^ +${code}:`, 'm'))
  })
})

test('a finding has the gravity and the advice of its entry', () => {
  expect(finding('steal', 'Seen.')).toEqual({ code: 'steal', message: 'Seen.', ...CATALOGUE.steal })
})

test('no finding is made outside of the catalogue', () => {
  expect(sources).not.toMatch(/severity: '(info|warning|error)'/)
})
