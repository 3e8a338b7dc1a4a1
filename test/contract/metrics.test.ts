import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { metricContract } from '../../harness/contract/index.ts'

const { metrics } = await loadCapabilities()

it('every metric has an id and a place of its own', () => {
  expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length)
  expect(new Set(metrics.map(({ order }) => order)).size).toBe(metrics.length)
})

describe.each(metrics)('metric $id', metric => {
  for (const { name, run } of metricContract(metric)) it(name, run)
})
