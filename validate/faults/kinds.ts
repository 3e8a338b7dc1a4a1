/** Every kind of fault, how it is caused, and which effects the written rules allow. */

export const MOMENTS = ['boot', 'readiness', 'warm-up', 'timed', 'profiled', 'stopping'] as const
export type Moment = (typeof MOMENTS)[number]

/**
 * - `unharmed`: the run ends as if nothing had happened · `lost`: the round is lost, the run goes on and ends well
 * - `unusable`: the round is kept, and the run has no verdict because of wrong answers
 * - `interrupted`: exit code 130 with the complete rounds · `killed`: the harness is gone at once
 */
export type Effect = 'unharmed' | 'lost' | 'unusable' | 'interrupted' | 'killed'

/** What fails: the service and what it needs harm themselves, the harness and its driver receive signals. */
export type Victim = 'target' | 'need' | 'harness' | 'driver'

/** Exit codes; a harness that was killed has none. */
export const CODES: Record<Effect, number | null> = {
  unharmed: 0,
  lost: 0,
  unusable: 3,
  interrupted: 130,
  killed: null,
}

type Effects = Partial<Record<Moment, readonly Effect[]>>

export interface Kind {
  name: string
  victim: Victim
  /** Sent to the victim one after the other; none to those that harm themselves. */
  signals?: NodeJS.Signals[]
  /** Allowed at each moment; several where luck decides. The fault does not apply at a missing moment. */
  effects: Effects
  /** What standard error must say when the round is lost. */
  says?: RegExp
}

const LOST = ['lost'] as const
const UNHARMED = ['unharmed'] as const
/** Depends on whether the last request was answered before the fault. */
const EITHER = ['lost', 'unharmed'] as const

const everywhere = (effects: readonly Effect[]): Effects =>
  Object.fromEntries(MOMENTS.map(moment => [moment, effects]))

/** A launch that fails costs its round, unless it was being stopped anyway. */
const harmful = (name: string, says: RegExp, changes: Effects = {}): Kind => ({
  name,
  victim: 'target',
  effects: { ...everywhere(LOST), stopping: UNHARMED, ...changes },
  says,
})

const measured = (effects: readonly Effect[]): Effects => ({
  'warm-up': effects,
  timed: effects,
  profiled: effects,
})

/** A nuisance that does no harm and leaves no trace. */
const borne = (name: string): Kind => ({ name, victim: 'target', effects: everywhere(UNHARMED) })

/** A need that lives for the whole run, and that the service can do without. */
const needs = (name: string, effects: readonly Effect[], says?: RegExp): Kind => ({
  name,
  victim: 'need',
  effects: measured(effects),
  says,
})

const signalled = (name: string, signals: NodeJS.Signals[], effect: Effect): Kind => ({
  name,
  victim: 'harness',
  signals,
  effects: everywhere([effect]),
})

/** The message about requests that are lost or never answered. */
const UNANSWERED = /(ended with code 0|was not ready|requests in a row|not finished|gave no answer)/
const STUCK = /(did not listen|was not ready|not finished|were not there|was not)/

export const KINDS: Kind[] = [
  harmful('exits', /ended (with code 9|\(code 9\))/),
  harmful('throws', /ended (with code 1|\(code 1\))/),
  harmful('aborts', /(was ended by SIGABRT|ended with code 134|ended \((SIGABRT|code 134)\))/),
  harmful('is killed', /(was ended by SIGKILL|ended \(SIGKILL\))/),
  harmful(
    'runs out of memory',
    /(ended|did not listen|was not ready|not finished|were not there|gave no answer)/,
  ),
  harmful('blocks its loop', STUCK),
  harmful('is stopped (SIGSTOP)', STUCK),
  harmful('never answers', UNANSWERED),
  harmful('answers without end', UNANSWERED),
  harmful('answers half and hangs up', UNANSWERED, measured(EITHER)),
  // It spoils one round of two, which is too many; profiles alone are left out.
  harmful('answers 500', /(still answered 500|answers 500)/, {
    ...measured(['unusable']),
    profiled: UNHARMED,
  }),
  harmful('answers no HTTP', UNANSWERED),
  harmful('resets connections', UNANSWERED),
  harmful('stops listening', UNANSWERED, { boot: undefined }),
  borne('prints 256 MiB'),
  borne('ignores SIGTERM'),
  borne('forks a child that ignores SIGTERM'),
  borne('leaves a daemon'),
  borne('forks 30 processes'),
  borne('leaks descriptors'),
  borne('talks nonsense to the agents’ socket'),
  borne('floods the agents’ socket'),
  { ...borne('leaks connections'), effects: { ...everywhere(EITHER), stopping: UNHARMED } },
  needs('exits', LOST, /need `upstream` ended \(code 9\)/),
  needs('is killed', LOST, /need `upstream` ended \(SIGKILL\)/),
  needs('is stopped (SIGSTOP)', UNHARMED),
  needs('ignores SIGTERM', UNHARMED),
  needs('leaves a daemon', UNHARMED),
  signalled('Ctrl-C', ['SIGINT'], 'interrupted'),
  signalled('Ctrl-C twice', ['SIGINT', 'SIGINT'], 'interrupted'),
  signalled('SIGTERM', ['SIGTERM'], 'interrupted'),
  signalled('SIGHUP', ['SIGHUP'], 'interrupted'),
  signalled('SIGKILL', ['SIGKILL'], 'killed'),
  signalled('abort, as on a full heap', ['SIGABRT'], 'killed'),
  {
    name: 'SIGKILL',
    victim: 'driver',
    signals: ['SIGKILL'],
    effects: { ...everywhere(LOST), stopping: EITHER },
    says: /driver ended/,
  },
]

export const harmsItself = (victim: Victim): boolean => victim === 'target' || victim === 'need'

export const titleOf = ({ name, victim }: Kind): string =>
  harmsItself(victim) ? `${victim} ${name}` : `${name} to the ${victim}`
