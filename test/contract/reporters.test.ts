import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { reporterContract } from '../../harness/contract/index.ts'
import { reportOf } from '../reports/records.ts'

const { reporters } = await loadCapabilities()

it('every reporter has a name of its own', () => {
  expect(new Set(reporters.map(({ name }) => name)).size).toBe(reporters.length)
})

describe.each(reporters)('reporter $name', reporter => {
  const reports = ['regressed', 'several', 'joined'].map(reportOf)
  for (const { name, run } of reporterContract(reporter, reports)) it(name, run)
})
