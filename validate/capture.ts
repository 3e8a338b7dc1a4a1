/**
 * Keeps records of services that were measured against themselves as replays for `validate/statistics.ts`.
 *
 *   node validate/capture.ts .bench/injected/*\/record.json
 *   node validate/capture.ts --name hello-disturbed record.json
 *
 * Without `--name` a replay is called after its scenario, and `quiet` or `disturbed` after the time that its launches
 * waited for a processor. A record that is there already is left alone; exits with 1 when one could not be kept.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readRecord } from '../harness/store/index.ts'
import { compact, nameOf } from './capture/compact.ts'
import { addReplay, readReplay, replayFiles } from './capture/replays.ts'

const FOLDER = join(import.meta.dirname, '..', 'test', 'replays')

const { values, positionals } = parseArgs({ options: { name: { type: 'string' } }, allowPositionals: true })
if (positionals.length === 0) throw new Error('Usage: node validate/capture.ts [--name NAME] <record.json…>')
if (values.name !== undefined && !/^\w+(-\w+)*$/.test(values.name))
  throw new Error(`--name ${values.name}: write letters, figures and single dashes.`)

const known = new Set(replayFiles(FOLDER).map(name => keyOf(readReplay(FOLDER, name))))
for (const path of positionals) {
  try {
    console.log(`${path}: ${await capture(path)}`)
  } catch (error) {
    console.error(`✖ ${path}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

async function capture(path: string): Promise<string> {
  const run = await readRecord(path)
  if (known.has(keyOf(run))) return 'there already'
  known.add(keyOf(run))
  const { file, size } = addReplay(FOLDER, values.name ?? nameOf(run), compact(run))
  return `${file}, ${run.rounds.length} rounds, ${Math.round(size / 1024)} KiB`
}

/** The id of a run is the name of its folder, which need not be unique. */
function keyOf({ id, startedAt }: { id: string; startedAt: string }): string {
  return `${id} ${startedAt}`
}
