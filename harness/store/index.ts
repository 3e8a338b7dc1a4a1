/** Everything that a run leaves on the disk: its record and the files of its reports. */
export { saveArtifacts } from './artifacts.ts'
export { tryFolder } from './atomic.ts'
export { openBaseline, saveBaseline } from './baselines.ts'
export { readPackages } from './packages.ts'
export { readProfiles } from './profiles.ts'
export { beginRecord, closeRecord, readRecord, saveProgress, saveRecord } from './records.ts'
export { damaged } from './rounds.ts'
export { readSources } from './sources.ts'
