/** One fault at one moment: brought about in a real run, and held against what the written rules say. */
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CODES, type Kind, type Moment, titleOf } from './kinds.ts'
import type { CaseFound } from './outcome.ts'
import { type Left, leftovers, Run } from './run.ts'

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

type Judged = Omit<CaseFound, 'task' | 'seconds'>

/** Tries again when the machine was so busy that the fault came after its moment. */
export async function tryCase(kind: Kind, moment: Moment): Promise<Judged> {
  for (let left = ATTEMPTS; ; left--) {
    const { found, late } = await attempt(kind, moment)
    if (!late || left === 1) return found
  }
}

async function attempt(kind: Kind, moment: Moment): Promise<{ found: Judged; late: boolean }> {
  const environment: Record<string, string> =
    kind.victim === 'target' ? { FAULT: kind.name, MOMENT: moment } : {}
  const run = new Run(['--quick', '--rounds', `${ROUNDS}`], environment)
  let late = true
  if (await run.said(signOf(kind, moment))) {
    await strike(kind, run)
    late = PASSED[moment].test(run.stderr)
  }
  return { found: judge(kind, moment, await run.left()), late }
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

function judge(kind: Kind, moment: Moment, { stderr, ...left }: Left): Judged {
  const { code, signal, rounds } = left
  // The advice behind the arrow is the same for all of them.
  const lost = /Round \d+ was lost: (.*?)(?: → .*)?$/m.exec(stderr)?.[1]
  const outcome = kind.outcomes[moment]?.find(
    outcome => CODES[outcome] === code && (outcome === 'lost') === (lost !== undefined),
  )
  const least = outcome === 'unharmed' || outcome === 'lost' ? ROUNDS : ROUNDS - 1
  const broken = [
    ...(outcome ? [] : [`exit code ${code ?? signal}${lost ? ', round lost' : ''}`]),
    ...leftovers(left),
    ...(typeof rounds === 'number' && rounds >= least ? [] : [`rounds: ${rounds}`]),
    ...(lost && kind.says && !kind.says.test(lost) ? ['the message does not say what happened'] : []),
  ]
  return {
    type: 'case',
    fault: titleOf(kind),
    moment,
    outcome: outcome ?? null,
    ...left,
    told: lost ?? '',
    broken,
    ...(broken.length > 0 && { stderr }),
  }
}
