import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliReference, configSchema } from '../../harness/cli/reference.ts'

const ROOT = join(import.meta.dirname, '../..')

test('docs/cli.md is up to date (if not: npm run reference)', () => {
  expect(readFileSync(join(ROOT, 'docs/cli.md'), 'utf8')).toBe(cliReference())
})

test('the schema has the settings and the defaults of scenarios', () => {
  const { properties } = JSON.parse(configSchema())
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(['maxTime', 'budget', 'scenario']))
  expect(properties.strict.type).toBe('boolean')
  expect(Object.keys(properties.scenario.properties)).toEqual(
    expect.arrayContaining(['gates', 'warmup', 'collectors', 'load']),
  )
})
