/**
 * Keeps the record of an A/A run as a replay for `validate/statistics.ts`:
 *
 *   node validate/keep-replay.ts .bench/injected/<run>/record.json injected-quiet-1
 *
 * Profiles and warm-up slices are dropped, and so is what says where it was measured.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { LaunchRecord, RunRecord, Slices } from '../harness/model/record.ts'

const FOLDER = join(import.meta.dirname, '..', 'test', 'replays')

const [source, name] = process.argv.slice(2)
if (!source || !name) throw new Error('Usage: node validate/keep-replay.ts <record.json> <name>-<number>')

const run = JSON.parse(readFileSync(source, 'utf8')) as RunRecord
const kept: RunRecord = {
  ...run,
  plan: { ...run.plan, file: '', output: '', repeat: '', variants: run.plan.variants.map(anywhere) },
  environment: { ...run.environment, commit: null },
  rounds: run.rounds.map(round => ({ ...round, launches: round.launches.map(strip) })),
}
mkdirSync(FOLDER, { recursive: true })
const file = join(FOLDER, `${name}.json.gz`)
const bytes = gzipSync(JSON.stringify(kept), { level: 9 })
writeFileSync(file, bytes)
console.log(`${file}: ${kept.rounds.length} rounds, ${Math.round(bytes.length / 1024)} KiB`)

function anywhere(variant: RunRecord['plan']['variants'][0]): RunRecord['plan']['variants'][0] {
  return { ...variant, command: [], directory: '', node: '' }
}

function strip(launch: LaunchRecord): LaunchRecord {
  const nothing = Object.fromEntries(Object.keys(launch.timed).map(field => [field, []])) as unknown as Slices
  return { ...launch, captures: {}, warmup: { ...launch.warmup, slices: nothing } }
}
