/** The harness killed at a random moment: nothing may be left, nothing unreadable, no complete round lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { send } from '../../test/e2e/flamegate.ts'
import { type Left, leftBy, leftovers, roundsBegun, startRun } from './run.ts'

export interface Kill extends Left {
  type: 'kill'
  /** Steps that the run had announced, milliseconds since the last of them, and the last line of progress. */
  steps: number
  after: number
  during: string
  /** Rounds that were complete by then. */
  complete: number
  broken: string[]
}

/** Lines of progress of two rounds: each of them, and its six parts. */
const STEPS = 14
/** Milliseconds: about as long as a part takes. */
const LONGEST = 600

/**
 * Kills after a number of steps and then a time. A time alone would mean other moments on a busy machine.
 *
 * @param step 0 to 1; @param time 0 to 1
 */
export async function killAtRandom(step: number, time: number): Promise<Kill> {
  const steps = Math.floor(step * (STEPS + 1))
  const after = Math.round(time * LONGEST)
  const run = startRun(['--rounds', '2'])
  if (steps > 0) await run.said(new RegExp(`(?:.*\\n){${steps}}`))
  await Promise.race([sleep(after), run.child])
  // A round is saved before the next one begins.
  const complete = Math.max(0, roundsBegun(run) - 1)
  const during = run.stderr.trimEnd().split('\n').at(-1)!
  send(run.child.pid!, 'SIGKILL')
  const left = await leftBy(run)
  const { rounds } = left
  const broken = [
    ...leftovers(left),
    ...(typeof rounds === 'string' ? [`unreadable: ${rounds}`] : []),
    ...((typeof rounds === 'number' ? rounds : 0) < complete ? [`${complete} complete, ${rounds} kept`] : []),
  ]
  return { type: 'kill', steps, after, during, complete, ...left, broken }
}

export function killsText(kills: Kill[]): string {
  const complete = kills.filter(kill => kill.complete > 0).length
  const swept = kills.filter(kill => kill.swept.length > 0).length
  return `Killed at ${kills.length} random moments, after a complete round in ${complete}; \`clean\` had temporary files to remove in ${swept}.`
}
