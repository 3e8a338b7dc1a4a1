/** One fault at one moment: brought about in a real run, and held against what the written rules say. */
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind, Moment, Outcome } from './kinds.ts'
import { type Left, Run } from './run.ts'

/** A first round is measured in peace; the fault strikes in the second one. */
const ROUNDS = 2

/** Milliseconds: a second Ctrl-C that comes sooner counts as the echo of the first. */
const SECOND_KEY_PRESS = 400

const ATTEMPTS = 3

/** What standard error says when the moment is over. */
const PASSED: Record<Moment, RegExp> = {
  boot: /round 2 of 2 · check/,
  readiness: /round 2 of 2 · warm-up/,
  'warm-up': /round 2 of 2 · timed/,
  timed: /round 2 of 2 · profiled/,
  profiled: /round 2 of 2 · stop/,
  stopping: /never/,
}

const CODES: Record<Outcome, number | null> = { unharmed: 0, lost: 0, interrupted: 130, killed: null }

export interface Result {
  kind: Kind
  moment: Moment
  /** What came of it, if that is one of the outcomes that the rules allow. */
  outcome: Outcome | undefined
  left: Left
  /** The line that tells of the fault. */
  told: string
  /** What is not as promised. */
  broken: string[]
}

/** Tries again when the machine was so busy that the fault came after its moment. */
export async function tryCase(kind: Kind, moment: Moment): Promise<Result> {
  for (let left = ATTEMPTS; ; left--) {
    const { result, late } = await attempt(kind, moment)
    if (!late || left === 1) return result
  }
}

async function attempt(kind: Kind, moment: Moment): Promise<{ result: Result; late: boolean }> {
  const environment: Record<string, string> =
    kind.victim === 'target' ? { FAULT: kind.name, MOMENT: moment } : {}
  const run = new Run(['--quick', '--rounds', `${ROUNDS}`], environment)
  let late = true
  if (await run.said(signOf(kind, moment))) {
    await strike(kind, run)
    late = PASSED[moment].test(run.stderr)
  }
  return { result: judge(kind, moment, await run.left()), late }
}

/** What the harness says when the moment has come; what a target does to itself is prepared a moment before. */
function signOf({ victim }: Kind, moment: Moment): RegExp {
  const target = victim === 'target'
  if (moment === 'boot') return target ? /round 2 of 2/ : /round 2 of 2 · boot/
  if (moment === 'readiness') return target ? /round 2 of 2/ : /round 2 of 2 · (boot|check)/
  if (moment === 'stopping') return target ? /round 2 of 2 · profiled/ : /round 2 of 2 · stop/
  return new RegExp(`round 2 of 2 · ${moment}`)
}

async function strike({ victim, signals = [] }: Kind, run: Run): Promise<void> {
  if (victim === 'target') {
    writeFileSync(run.go, '')
    return await run.taken(run.go)
  }
  const pid = victim === 'driver' ? run.driver() : run.child.pid
  for (const [i, signal] of signals.entries()) {
    if (i > 0) await sleep(SECOND_KEY_PRESS)
    try {
      process.kill(pid!, signal)
    } catch {
      // It has ended already: the first signal was enough.
    }
  }
}

function judge(kind: Kind, moment: Moment, left: Left): Result {
  const allowed = kind.outcomes[moment] ?? []
  const lost = /Round \d+ was lost: .*/.exec(left.stderr)?.[0]
  const outcome = allowed.find(
    outcome => CODES[outcome] === left.code && (outcome === 'lost') === (lost !== undefined),
  )
  const least = outcome === 'unharmed' || outcome === 'lost' ? ROUNDS : ROUNDS - 1
  const broken = [
    ...(outcome ? [] : [`exit code ${left.code ?? left.signal}${lost ? ', round lost' : ''}`]),
    ...(left.processes.length > 0 ? [`processes left: ${left.processes.join('; ')}`] : []),
    ...(left.files.length > 0 ? [`files left: ${left.files.join(', ')}`] : []),
    ...(typeof left.rounds === 'number' && left.rounds >= least ? [] : [`rounds: ${left.rounds}`]),
    ...(lost && kind.says && !kind.says.test(lost) ? ['the message does not say what happened'] : []),
  ]
  return { kind, moment, outcome, left, told: lost ?? '', broken }
}
