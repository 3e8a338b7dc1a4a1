/** Producers of evidence: a run, two records of different times, profiles from anywhere. */
export { comparability } from './comparability.ts'
export { evidenceOfProfiles, RECORDED, withoutIdle } from './profiles.ts'
export { evidenceOfRecords, joinRecords } from './records.ts'
export { evidenceOfRun } from './run.ts'
