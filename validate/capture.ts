/** Turns records of services that were compared with themselves into replays for the experiment `statistics`. */
import { join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import { readRecord } from '../harness/store/index.ts'
import { counted, value } from '../harness/words/numbers.ts'
import { compact, nameOf } from './capture/compact.ts'
import { addReplay, readReplay, replayFiles } from './capture/replays.ts'
import type { Experiment } from './experiment.ts'

const FOLDER = join(import.meta.dirname, '..', 'test', 'replays')

const capture: Experiment = {
  shows:
    'Adds the given records (`.bench/injected/*/record.json`) to test/replays, except known ones. Without a record, checks that the replays can be read.',
  flags: {
    name: {
      value: 'NAME',
      help: 'of the replay (by default its scenario, and `quiet` or `disturbed` by how long launches waited)',
    },
  },
  async *run({ flags }) {
    const { words } = flags
    const name = flags.text('name')
    if (name !== undefined && !/^\w+(-\w+)*$/.test(name))
      throw new UsageError(`--name ${name}: use letters, digits and single dashes.`)
    const known = new Set(replayFiles(FOLDER).map(file => keyOf(readReplay(FOLDER, file))))
    if (words.length === 0)
      yield { name: FOLDER, value: `${counted(known.size, 'replay')} can be read`, met: true }
    for (const path of words) {
      try {
        yield { name: path, value: await keep(path, known, name), met: true }
      } catch (error) {
        yield { name: path, value: error instanceof Error ? error.message : String(error), met: false }
      }
    }
  },
}

export default capture

async function keep(path: string, known: Set<string>, name: string | undefined): Promise<string> {
  const run = await readRecord(path)
  if (known.has(keyOf(run))) return 'already there'
  known.add(keyOf(run))
  const { file, size } = addReplay(FOLDER, name ?? nameOf(run), compact(run))
  return `${file}, ${run.rounds.length} rounds, ${value(size, 'bytes')}`
}

/** The id of a run is the name of its folder, so it need not be unique. */
function keyOf({ id, startedAt }: { id: string; startedAt: string }): string {
  return `${id} ${startedAt}`
}
