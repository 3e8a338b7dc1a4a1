/** One fault at one moment of a real run, checked against the written rules. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Flamegate, send } from '../../test/e2e/flamegate.ts'
import { CODES, type Effect, harmsItself, type Kind, type Moment, titleOf } from './kinds.ts'
import { driverOf, type Left, leftBy, leftovers, startRun } from './run.ts'

export interface Cell extends Left {
  type: 'case'
  fault: string
  moment: Moment
  /** `null` when the rules do not allow it. */
  effect: Effect | null
  /** About the fault; empty when there is none. */
  message: string
  broken: string[]
}

/** The first round is undisturbed; the fault strikes in the second. */
const ROUNDS = 2

/** Milliseconds: a second Ctrl-C that comes sooner counts as the echo of the first. */
const SECOND_KEY_PRESS = 400

const ATTEMPTS = 3

/**
 * Steps of the second round, as the progress names them: when to send a signal, when to give a target its sign (it takes a
 * moment to notice), and when it is too late.
 */
const STEPS: Record<Moment, { signal: string; target: string; late: string }> = {
  boot: { signal: 'boot', target: '', late: 'check' },
  readiness: { signal: '(boot|check)', target: '', late: 'warm-up' },
  'warm-up': { signal: 'warm-up', target: 'warm-up', late: 'timed' },
  timed: { signal: 'timed', target: 'timed', late: 'profiled' },
  profiled: { signal: 'profiled', target: 'profiled', late: 'stop' },
  stopping: { signal: 'stop', target: 'profiled', late: 'never' },
}

const announced = (step: string) => new RegExp(`round 2 of 2${step && ` · ${step}`}`)

/** Tries again when the machine was so busy that the fault came after its moment. */
export async function tryCase(kind: Kind, moment: Moment): Promise<Cell> {
  const isOwn = harmsItself(kind.victim)
  const { signal, target, late } = STEPS[moment]
  for (let attempt = 1; ; attempt++) {
    const run = startRun(['--rounds', `${ROUNDS}`], environmentOf(kind, moment))
    const hasCome = await run.said(announced(isOwn ? target : signal))
    if (hasCome) await strike(kind, run)
    const inTime = hasCome && !announced(late).test(run.stderr)
    const cell = judge(kind, moment, await leftBy(run))
    if (inTime || attempt === ATTEMPTS) return cell
  }
}

/** A need does not know what the round is doing, so it strikes as soon as it gets the signal. */
function environmentOf({ victim, name }: Kind, moment: Moment): Record<string, string> {
  if (victim === 'target') return { FAULT: name, MOMENT: moment }
  return victim === 'need' ? { FAULT: `need ${name}` } : {}
}

async function strike({ victim, signals = [] }: Kind, run: Flamegate): Promise<void> {
  if (harmsItself(victim)) {
    const sign = join(run.folder, 'go')
    writeFileSync(sign, '')
    while (existsSync(sign) && run.running) await sleep(5)
    return
  }
  const pid = victim === 'driver' ? driverOf(run) : run.child.pid
  for (const [i, signal] of signals.entries()) {
    if (i > 0) await sleep(SECOND_KEY_PRESS)
    if (pid !== undefined) send(pid, signal)
  }
}

function judge(kind: Kind, moment: Moment, left: Left): Cell {
  const { code = null, signal, stderr, rounds } = left
  // The advice after the arrow is the same for all of them.
  const lost = /Round \d+ was lost: (.*?)(?: → .*)?$/m.exec(stderr)?.[1]
  const effect = kind.effects[moment]?.find(
    effect => CODES[effect] === code && (effect === 'lost') === (lost !== undefined),
  )
  const least = effect === 'unharmed' || effect === 'lost' ? ROUNDS : ROUNDS - 1
  const broken = [
    ...(effect ? [] : [`exit code ${code ?? signal}${lost ? ', round lost' : ''}`]),
    ...leftovers(left),
    ...(typeof rounds === 'number' && rounds >= least ? [] : [`rounds: ${rounds}`]),
    ...(lost && kind.says && !kind.says.test(lost) ? ['the message does not say what happened'] : []),
  ]
  const fault = titleOf(kind)
  return { type: 'case', fault, moment, effect: effect ?? null, ...left, message: lost ?? '', broken }
}
