/** What is known of two versions of a program, and how far an alignment agrees with it. */
import { packagePath } from '../../harness/profile/index.ts'
import type { Listed } from './functions.ts'

/** A shorter text may be the same by coincidence: it counts only in the same file. */
const LONG = 12
/** Share of runs of three words below which two functions have nothing in common, whatever their names are. */
const NOTHING = 0.3

export interface Truth {
  /** Functions whose text is the same in both versions, and unique in each: from before to after. */
  twins: Map<number, number>
  /** Functions that are only in one version: no other has their name, and none a text that is like theirs. */
  strangers: { before: Set<number>; after: Set<number> }
}

export function truthOf(before: Listed[], after: Listed[]): Truth {
  const [mine, its] = [byText(before), byText(after)]
  const twins = new Map<number, number>()
  for (const [text, [a, ...more]] of mine) {
    const [b, ...others] = its.get(text) ?? []
    if (a === undefined || b === undefined || more.length + others.length > 0) continue
    const near = packagePath(before[a]!.file) === packagePath(after[b]!.file)
    if (near || before[a]!.size >= LONG) twins.set(a, b)
  }
  return { twins, strangers: { before: strangers(before, after), after: strangers(after, before) } }
}

const byText = (functions: Listed[]): Map<string, number[]> =>
  Map.groupBy(
    functions.keys().filter(at => functions[at]!.size > 0),
    at => functions[at]!.text,
  )

function strangers(functions: Listed[], others: Listed[]): Set<number> {
  const names = new Set(others.map(({ name }) => name).filter(Boolean))
  const runs = others.filter(({ size }) => size > 0).map(runsOf)
  const isStrange = (it: Listed) => {
    const own = runsOf(it)
    return runs.every(other => shared(own, other) < NOTHING)
  }
  const indices = functions.keys().filter(at => {
    const it = functions[at]!
    return it.size >= LONG && !names.has(it.name) && isStrange(it)
  })
  return new Set(indices)
}

/** A minified program calls the same variable something else each time. */
function runsOf({ text }: Listed): Set<string> {
  const words = text
    .split('\n')
    .map(word => (/^[\w$]{1,2}$/.test(word) && !/^\d|^(if|in|do|of)$/.test(word) ? 'v' : word))
  return new Set(words.map((_, at) => words.slice(at, at + 3).join(' ')))
}

function shared(a: Set<string>, b: Set<string>): number {
  const common = a.intersection(b).size
  return common / (a.size + b.size - common)
}

export interface Tally {
  /** Functions known to be one that are in both profiles, and of these: matched to another one, matched to none. */
  known: number
  wrong: number
  missed: number
  /** Functions whose counterpart is not in the other profile, and of these: matched all the same. */
  alone: number
  false: number
}

export const NO_TALLY: Tally = { known: 0, wrong: 0, missed: 0, alone: 0, false: 0 }

export const added = (tallies: Tally[]): Tally =>
  tallies.reduce(
    (sum, it) => ({
      known: sum.known + it.known,
      wrong: sum.wrong + it.wrong,
      missed: sum.missed + it.missed,
      alone: sum.alone + it.alone,
      false: sum.false + it.false,
    }),
    NO_TALLY,
  )

/** By function of the program: its partner, −1 for none; a function that is not in the profile is not in the map. */
export interface Alignment {
  forward: Map<number, number>
  backward: Map<number, number>
}

export interface Mistake {
  what: 'wrong' | 'missed' | 'false'
  /** The function; of the later version only where the earlier one does not have it. */
  of: { before?: number; after?: number }
  /** What it was matched to. */
  found?: number
}

/** @param counts says which functions of the earlier and of the later version are counted */
export function scoreOf(
  { twins, strangers }: Truth,
  { forward, backward }: Alignment,
  counts: { before(at: number): boolean; after(at: number): boolean },
  tell: (mistake: Mistake) => void = () => {},
): Tally {
  const tally = { ...NO_TALLY }
  const fail = (what: Mistake['what'], of: Mistake['of'], found?: number) => {
    tally[what]++
    tell({ what, of, found })
  }
  const alone = (of: Mistake['of'], partner: number | undefined) => {
    if (partner === undefined) return
    tally.alone++
    if (partner !== -1) fail('false', of, partner)
  }
  for (const [a, b] of twins) {
    if (!counts.before(a)) continue
    const [found, back] = [forward.get(a), backward.get(b)]
    if (found === undefined) alone({ after: b }, back)
    else if (back === undefined) alone({ before: a }, found)
    else {
      tally.known++
      if (found !== -1 && found !== b) fail('wrong', { before: a }, found)
      else if (back !== -1 && back !== a) fail('wrong', { after: b }, back)
      else if (found === -1) fail('missed', { before: a })
    }
  }
  for (const a of strangers.before) if (counts.before(a)) alone({ before: a }, forward.get(a))
  for (const b of strangers.after) if (counts.after(b)) alone({ after: b }, backward.get(b))
  return tally
}
