import assert from 'node:assert/strict'
import type { Reporter } from '../model/capabilities.ts'
import type { Report } from '../model/report.ts'
import { type Check, check } from './check.ts'

/** What the store accepts as a part of a path. */
const PART = /^[\w-][\w.,+@-]{0,150}$/

/** @param reports what it is tested with; `readReport` gives that of a saved run */
export function reporterContract(reporter: Reporter, reports: Report[]): Check[] {
  return [
    check('has a name', () => assert.match(reporter.name, /^[\w.-]+$/)),
    check('gives the same bytes for the same report, and leaves the report as it is', () => {
      for (const report of reports) {
        const before = structuredClone(report)
        assert.deepEqual(reporter.render(report), reporter.render(report))
        assert.deepEqual(report, before)
      }
    }),
    check('writes each file once, and all of them inside the folder of the run', () => {
      for (const report of reports) {
        const paths = reporter
          .render(report)
          .map(({ path }) => path)
          .filter(path => path !== '')
        assert.equal(new Set(paths).size, paths.length)
        for (const path of paths) for (const part of path.split('/')) assert.match(part, PART)
      }
    }),
  ]
}
