/** What the operating system did to the threads of a launch: where it made them wait, and what for. */
import type { ColumnName } from '../model/columns.ts'
import type { Metric } from '../model/metric.ts'
import { overall } from '../stats/columns.ts'

/** @param scale from the column's unit to the metric's */
const count = (
  id: string,
  title: string,
  column: ColumnName,
  order: number,
  more: Partial<Metric> = {},
): Metric => ({
  id: `scheduler.${id}`,
  title,
  unit: 'count',
  family: 'runtime',
  better: 'lower',
  order,
  secondary: true,
  measure: sample => overall(sample, column),
  ...more,
})

const time = (column: ColumnName): Partial<Metric> => ({
  unit: 'µs',
  family: 'waiting',
  measure: sample => overall(sample, column, 1e-3),
})

const bytes = { unit: 'bytes' } as const

const metrics: Metric[] = [
  count('voluntary', 'Voluntary switches per request', 'allVoluntarySwitches', 70),
  count('voluntaryMain', 'Voluntary switches, main thread', 'mainVoluntarySwitches', 71),
  count('voluntaryPool', 'Voluntary switches, thread pool', 'poolVoluntarySwitches', 72),
  count('forced', 'Forced switches per request', 'allForcedSwitches', 73),
  count('forcedMain', 'Forced switches, main thread', 'mainForcedSwitches', 74),
  count('forcedPool', 'Forced switches, thread pool', 'poolForcedSwitches', 75),
  count('waiting', 'Wait for a processor per request', 'runDelay', 76, time('runDelay')),
  count('waitingMain', 'Wait for a processor, main thread', 'mainRunDelay', 77, time('mainRunDelay')),
  count('waitingPool', 'Wait for a processor, thread pool', 'poolRunDelay', 78, time('poolRunDelay')),
  count('migrations', 'Migrations per request', 'allMigrations', 79),
  count('migrationsMain', 'Migrations, main thread', 'mainMigrations', 80),
  count('migrationsPool', 'Migrations, thread pool', 'poolMigrations', 81),
  count('majorFaults', 'Major page faults per request', 'majorFaults', 82),
  count('blockRead', 'Bytes read from storage per request', 'blockRead', 83, bytes),
  count('blockWritten', 'Bytes written to storage per request', 'blockWritten', 84, bytes),
]

export default metrics
