/**
 * What every capability of a kind must do, as checks for any test runner:
 *
 *     for (const { name, run } of metricContract(metric)) test(name, run)
 */
export { baselineContract } from './baseline.ts'
export type { Check } from './check.ts'
export { type CollectorTarget, collectorContract } from './collector.ts'
export { type LoaderServer, loaderContract } from './loader.ts'
export { metricContract } from './metric.ts'
export { reporterContract } from './reporter.ts'
export { type Counters, sampleWith } from './sample.ts'
