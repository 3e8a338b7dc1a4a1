/** The harness killed at a random moment: nothing may be left, nothing unreadable, no finished round lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KillFound } from './outcome.ts'
import { leftovers, Run } from './run.ts'

/** What a run of two rounds says: each of them, and its six parts. */
const STEPS = 14
/** Milliseconds: a part takes about as long. */
const LONGEST = 600

/**
 * So many steps after the start, and then so long after that: a fixed time would mean other moments on a busy machine.
 *
 * @param step 0 to 1; @param time 0 to 1
 */
export async function killAtRandom(step: number, time: number): Promise<Omit<KillFound, 'task' | 'seconds'>> {
  const steps = Math.floor(step * (STEPS + 1))
  const after = Math.round(time * LONGEST)
  const run = new Run(['--quick', '--rounds', '2'])
  if (steps > 0) await run.said(new RegExp(`(?:.*\\n){${steps}}`))
  await Promise.race([sleep(after), run.said(/never said/)])
  // A round that is followed by another one has been saved before.
  const complete = Math.max(
    0,
    ...[...run.stderr.matchAll(/round (\d+) of/g)].map(match => Number(match[1]) - 1),
  )
  const during = run.stderr.trimEnd().split('\n').at(-1)!
  run.child.kill('SIGKILL')
  const left = await run.left()
  const { rounds, swept } = left
  const broken = [
    ...leftovers(left),
    ...(typeof rounds === 'string' ? [`unreadable: ${rounds}`] : []),
    ...((typeof rounds === 'number' ? rounds : 0) < complete ? [`${complete} complete, ${rounds} kept`] : []),
  ]
  return {
    type: 'kill',
    steps,
    after,
    during,
    complete,
    rounds,
    swept,
    broken,
    ...(broken.length > 0 && { stderr: left.stderr }),
  }
}
