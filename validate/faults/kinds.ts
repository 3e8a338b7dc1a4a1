/** Every kind of fault, how it is brought about, and what the written rules say that comes of it. */

export const MOMENTS = ['boot', 'readiness', 'warm-up', 'timed', 'profiled', 'stopping'] as const
export type Moment = (typeof MOMENTS)[number]

/**
 * - `unharmed`: the run ends as if nothing had been · `lost`: the round is lost, the run goes on and ends well
 * - `unusable`: the round is kept, and the run has no verdict, because of wrong answers
 * - `interrupted`: exit code 130 with the rounds that were complete · `killed`: the harness is gone at once
 */
export type Outcome = 'unharmed' | 'lost' | 'unusable' | 'interrupted' | 'killed'

/** Who is made to fail: the service by itself, or the harness or its driver by a signal from outside. */
export type Victim = 'target' | 'harness' | 'driver'

/** Exit codes; a harness that was killed has none. */
export const CODES: Record<Outcome, number | null> = {
  unharmed: 0,
  lost: 0,
  unusable: 3,
  interrupted: 130,
  killed: null,
}

export interface Kind {
  name: string
  victim: Victim
  /** Sent to the victim, one after the other; a target does its own harm. */
  signals?: NodeJS.Signals[]
  /** What must come of it at each moment; a moment that is missing does not apply. Several where it is a matter of luck. */
  outcomes: Partial<Record<Moment, readonly Outcome[]>>
  /** What standard error must say when the round is lost. */
  says?: RegExp
}

const LOST = ['lost'] as const
const UNHARMED = ['unharmed'] as const
/** Whether the last request was answered already when it struck. */
const EITHER = ['lost', 'unharmed'] as const

const everywhere = (outcome: readonly Outcome[]) =>
  Object.fromEntries(MOMENTS.map(moment => [moment, outcome])) as Record<Moment, readonly Outcome[]>

/** A launch that ends or falls silent costs its round, unless it was being stopped anyway. */
const fatal = (name: string, says: RegExp): Kind => ({
  name,
  victim: 'target',
  outcomes: { ...everywhere(LOST), stopping: UNHARMED },
  says,
})

/** Something is wrong with its answers, so it takes an answer to notice. */
const answering = (name: string, says: RegExp, measured: readonly Outcome[] = LOST): Kind => ({
  name,
  victim: 'target',
  outcomes: {
    boot: LOST,
    readiness: LOST,
    'warm-up': measured,
    timed: measured,
    profiled: measured,
    stopping: UNHARMED,
  },
  says,
})

/** A nuisance that is borne, and whose traces are gone in the end. */
const borne = (name: string): Kind => ({ name, victim: 'target', outcomes: everywhere(UNHARMED) })

const signalled = (
  name: string,
  victim: Victim,
  signals: NodeJS.Signals[],
  outcome: readonly Outcome[],
): Kind => ({
  name,
  victim,
  signals,
  outcomes: everywhere(outcome),
})

/** What is said of requests that are lost, or that nobody answers. */
const SILENCE = /(ended with code 0|was not ready|requests in a row|not finished|gave no answer)/

export const KINDS: Kind[] = [
  fatal('exits', /ended (with code 9|\(code 9\))/),
  fatal('throws', /ended (with code 1|\(code 1\))/),
  fatal('aborts', /(was ended by SIGABRT|ended with code 134|ended \((SIGABRT|code 134)\))/),
  fatal('is killed', /(was ended by SIGKILL|ended \(SIGKILL\))/),
  fatal(
    'runs out of memory',
    /(ended|did not listen|was not ready|not finished|were not there|gave no answer)/,
  ),
  fatal('blocks its loop', /(did not listen|was not ready|not finished|were not there|was not)/),
  fatal('is stopped (SIGSTOP)', /(did not listen|was not ready|not finished|were not there|was not)/),
  answering('never answers', SILENCE),
  answering('answers without end', SILENCE),
  answering('answers half and hangs up', SILENCE, EITHER),
  {
    name: 'answers 500',
    victim: 'target',
    // It spoils one round of two, which is too many; profiles alone are left out.
    outcomes: {
      boot: LOST,
      readiness: LOST,
      'warm-up': ['unusable'],
      timed: ['unusable'],
      profiled: UNHARMED,
      stopping: UNHARMED,
    },
    says: /(still answered 500|answers 500)/,
  },
  answering('answers no HTTP', SILENCE),
  answering('resets connections', SILENCE),
  {
    ...answering('stops listening', SILENCE),
    outcomes: { readiness: LOST, 'warm-up': LOST, timed: LOST, profiled: LOST, stopping: UNHARMED },
  },
  borne('prints 256 MiB'),
  borne('ignores SIGTERM'),
  borne('forks a child that ignores SIGTERM'),
  borne('leaves a daemon'),
  borne('forks 30 processes'),
  borne('leaks descriptors'),
  borne('talks nonsense to the agents’ socket'),
  borne('floods the agents’ socket'),
  { ...borne('leaks connections'), outcomes: { ...everywhere(EITHER), stopping: UNHARMED } },
  signalled('Ctrl-C', 'harness', ['SIGINT'], ['interrupted']),
  signalled('Ctrl-C twice', 'harness', ['SIGINT', 'SIGINT'], ['interrupted']),
  signalled('SIGTERM', 'harness', ['SIGTERM'], ['interrupted']),
  signalled('SIGHUP', 'harness', ['SIGHUP'], ['interrupted']),
  signalled('SIGKILL', 'harness', ['SIGKILL'], ['killed']),
  signalled('abort, as on a full heap', 'harness', ['SIGABRT'], ['killed']),
  {
    ...signalled('SIGKILL', 'driver', ['SIGKILL'], LOST),
    outcomes: { ...everywhere(LOST), stopping: EITHER },
    says: /driver ended/,
  },
]

export const titleOf = ({ name, victim }: Kind): string =>
  victim === 'target' ? `target ${name}` : `${name} to the ${victim}`
