import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configSchema } from '../../harness/cli/reference.ts'
import { REFERENCES } from '../../packaging/reference.ts'

const ROOT = join(import.meta.dirname, '../..')

test.each(Object.entries(REFERENCES))(
  '%s is what the tables say; otherwise: npm run reference',
  (path, render) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(render())
  },
)

test('the schema knows the settings and what scenarios share', () => {
  const { properties } = JSON.parse(configSchema())
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(['maxTime', 'budget', 'scenario']))
  expect(properties.strict.type).toBe('boolean')
  expect(Object.keys(properties.scenario.properties)).toEqual(
    expect.arrayContaining(['gates', 'warmup', 'collectors', 'load']),
  )
})
