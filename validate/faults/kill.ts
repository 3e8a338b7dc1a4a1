/** The harness killed at random moments: nothing may be left, nothing unreadable, no finished round lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Run } from './run.ts'

/** Milliseconds: a run of two rounds takes about as long on a quiet machine. */
const LONGEST = 9_000

export interface Kill {
  /** Milliseconds after the start. */
  after: number
  /** Rounds that were announced as complete, and that could be read. */
  complete: number
  broken: string[]
}

/** @param random 0 to 1 */
export async function killAtRandom(random: number): Promise<Kill> {
  const after = Math.round(random * LONGEST)
  const run = new Run(['--quick', '--rounds', '2'])
  await Promise.race([sleep(after), run.said(/never said/)])
  // A round that is followed by another one has been saved before.
  const complete = Math.max(
    0,
    ...[...run.stderr.matchAll(/round (\d+) of/g)].map(match => Number(match[1]) - 1),
  )
  run.child.kill('SIGKILL')
  const { processes, files, rounds } = await run.left()
  const broken = [
    ...(processes.length > 0 ? [`processes left: ${processes.join('; ')}`] : []),
    ...(files.length > 0 ? [`files left: ${files.join(', ')}`] : []),
    ...(typeof rounds === 'string' ? [`unreadable: ${rounds}`] : []),
    ...((typeof rounds === 'number' ? rounds : 0) < complete ? [`${complete} complete, ${rounds} kept`] : []),
  ]
  return { after, complete, broken }
}
