import assert from 'node:assert/strict'
import { COLUMNS } from '../model/columns.ts'
import type { Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import { type Check, check } from './check.ts'
import { sampleWith } from './sample.ts'

const EMPTY = [sampleWith({}), sampleWith({ requests: 0, wall: 0, loopActive: 0, loopIdle: 0 })]
const FULL = sampleWith(Object.fromEntries(Object.keys(COLUMNS).map((name, at) => [name, 100 + at])))

/** @param samples that have what the metric measures; made-up ones have only our own counters */
export function metricContract(metric: Metric, samples: Sample[] = []): Check[] {
  const all = [FULL, ...EMPTY, ...samples]
  return [
    check('has an id that a gate can name, a title and a place in tables', () => {
      assert.match(metric.id, /^[\w.-]+$/)
      assert.match(metric.title, /\S/)
      assert.ok(Number.isFinite(metric.order))
    }),
    check('gives finite numbers, or null for what was not measured', () => {
      for (const value of all.flatMap(sample => metric.measure(sample)))
        assert.ok(value === null || Number.isFinite(value), `${value}`)
    }),
    check('is null, not zero, without counters or requests', () => {
      if (metric.countsErrors) return
      for (const value of EMPTY.flatMap(sample => metric.measure(sample))) assert.equal(value, null)
    }),
    check('gives the same for the same sample, and does not change it', () => {
      for (const sample of all) {
        const before = structuredClone(sample)
        assert.deepEqual(metric.measure(sample), metric.measure(sample))
        assert.deepEqual(sample, before)
      }
    }),
  ]
}
