import assert from 'node:assert/strict'
import type { Metric } from '../model/metric.ts'
import { type LaunchRecord, SLICE_FIELDS } from '../model/record.ts'
import type { Check } from './check.ts'
import { launchWith } from './launch.ts'

const EMPTY = [launchWith({}), launchWith({ requests: 0, wall: 0, loopActive: 0, loopIdle: 0 })]
const FULL = launchWith(Object.fromEntries(SLICE_FIELDS.map((field, at) => [field, 100 + at])))

/** @param launches of records that have what the metric measures; made-up ones have our own counters only */
export function metricContract(metric: Metric, launches: LaunchRecord[] = []): Check[] {
  const all = [FULL, ...EMPTY, ...launches]
  return [
    {
      name: 'has an id that a gate can name, a title and a place in tables',
      run() {
        assert.match(metric.id, /^[\w.-]+$/)
        assert.match(metric.title, /\S/)
        assert.ok(Number.isFinite(metric.order))
      },
    },
    {
      name: 'gives finite numbers, or null for what was not measured',
      run() {
        for (const value of all.flatMap(launch => metric.measure(launch)))
          assert.ok(value === null || Number.isFinite(value), `${value}`)
      },
    },
    {
      name: 'is null, not zero, without counters or requests',
      run() {
        if (metric.countsErrors) return
        for (const value of EMPTY.flatMap(launch => metric.measure(launch))) assert.equal(value, null)
      },
    },
    {
      name: 'gives the same for the same launch, and leaves the record as it is',
      run() {
        for (const launch of all) {
          const before = structuredClone(launch)
          assert.deepEqual(metric.measure(launch), metric.measure(launch))
          assert.deepEqual(launch, before)
        }
      },
    },
  ]
}
