/**
 * The rounds of a run that is not over: one file each, next to its record. A crash or a damaged file costs one round at
 * most, and saved rounds need not stay in memory.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { finding } from '../findings/index.ts'
import type { Finding } from '../model/finding.ts'
import type { RoundRecord } from '../model/record.ts'
import { writeAtomically } from './atomic.ts'
import { parseJson } from './json.ts'
import { type Damage, parseRound } from './schema.ts'

const FOLDER = 'rounds'
const NAME = /^round-(\d{1,6})\.json$/

/** Bytes of one round: far above any real one. */
const LARGEST = 64 * 2 ** 20

export async function saveRound(folder: string, round: RoundRecord): Promise<void> {
  await writeAtomically(join(folder, FOLDER, `round-${round.index}.json`), JSON.stringify(round))
}

/** The rounds in order, and a finding for each one that cannot be read. */
export async function readRounds(folder: string): Promise<{ rounds: RoundRecord[]; lost: Finding[] }> {
  const names = await readdir(join(folder, FOLDER)).catch(() => [])
  const numbers = names.flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number)
  const read = await Promise.all(numbers.toSorted((a, b) => a - b).map(number => readRound(folder, number)))
  return {
    rounds: read.flatMap(it => ('round' in it ? [it.round] : [])),
    lost: read.flatMap(it => ('lost' in it ? [it.lost] : [])),
  }
}

export async function removeRounds(folder: string): Promise<void> {
  await rm(join(folder, FOLDER), { recursive: true, force: true })
}

export const damaged = ({ round, problem }: Damage): Finding =>
  finding('round-damaged', `Round ${round} of the record is damaged and left out: ${problem}`)

async function readRound(
  folder: string,
  number: number,
): Promise<{ round: RoundRecord } | { lost: Finding }> {
  const file = join(folder, FOLDER, `round-${number}.json`)
  try {
    if ((await stat(file)).size > LARGEST) throw new Error(`the file is larger than ${LARGEST} bytes`)
    const checked = parseRound(parseJson(await readFile(file, 'utf8')))
    if ('round' in checked) return checked
    throw new Error(checked.problems[0])
  } catch (error) {
    return { lost: damaged({ round: number, problem: (error as Error).message }) }
  }
}
