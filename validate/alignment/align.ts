/** Aligns synthetic profiles of two versions, as the analysis does, and scores it. */
import { decodeOnce, placesToRead } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import { matchTrees, type Texts } from '../../harness/match/index.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, type CallTree, type Frame } from '../../harness/profile/index.ts'
import { type Random, seededRandom } from '../../harness/stats/random.ts'
import { profileOf } from './calls.ts'
import type { Listed } from './functions.ts'
import type { Program } from './program.ts'
import { type Alignment, scoreOf, type Tally, type Truth } from './score.ts'

/** Whose text is known: that of all functions, of as many as a run reads, of none. */
export const SOURCES = ['all', 'hot', 'none'] as const
export type Sources = (typeof SOURCES)[number]

/** Share of the calls that each profile has, chosen at random for each side; and whether anonymous functions move. */
export const KINDS = {
  whole: { calls: 1, moved: false },
  sparse: { calls: 0.5, moved: false },
  moved: { calls: 0.5, moved: true },
}
export type Kind = keyof typeof KINDS

export interface Result {
  named: Tally
  anonymous: Tally
  /** Each error, for people. */
  errors: string[]
}

interface Side {
  functions: Listed[]
  profile: Profile
  tree: CallTree
}

export function align(before: Program, after: Program, truth: Truth, kind: Kind, sources: Sources): Result {
  const { calls, moved } = KINDS[kind]
  const random = seededRandom(1)
  const there = sideOf(before.functions, calls, random)
  const here = sideOf(moved ? withMoved(after.functions, random) : after.functions, calls, random)
  const read = READ[sources](there.profile, here.profile)
  const { forward, backward } = matchTrees(there.tree, here.tree, {
    before: textsOf(before, there, read),
    after: textsOf(after, here, read),
  })
  const alignment = {
    forward: partners(there, here, forward),
    backward: partners(here, there, backward),
  }
  return resultOf(truth, alignment, there.functions, here.functions)
}

function sideOf(functions: Listed[], calls: number, random: Random): Side {
  const profile = profileOf(functions, calls, random)
  return { functions, profile, tree: buildCallTree([profile]) }
}

/** Most lines that an anonymous function moves by. */
const FARTHEST = 40

/** Anonymous functions somewhere else in their files: neither their lines nor their order say anything. */
function withMoved(functions: Listed[], random: Random): Listed[] {
  const taken = new Set<string>()
  return functions.map(it => {
    if (it.name !== '' || it.around === -1) return it
    let line = it.line
    do line += 1 + Math.floor(random() * FARTHEST)
    while (taken.has(keyOf({ ...it, line })))
    taken.add(keyOf({ ...it, line }))
    return { ...it, line }
  })
}

/** What is known of the text of the functions that were read, and of their files. */
function textsOf({ bodies, marks }: Program, { functions }: Side, isRead: (place: Place) => boolean): Texts {
  const index = indexOf(functions)
  const files = new Set(functions.filter(isRead).map(({ file }) => file))
  return {
    bodyOf: frame => (isRead(frame) ? bodies[index.get(keyOf(frame)) ?? -1] : undefined),
    marksOf: file => (files.has(file) ? marks.get(file) : undefined),
  }
}

const READ: Record<Sources, (before: Profile, after: Profile) => (place: Place) => boolean> = {
  all: () => () => true,
  hot: (before, after) => {
    const places = placesOfRun(before, after)
    return place => places.has(keyOf(place))
  },
  none: () => () => false,
}

function placesOfRun(before: Profile, after: Profile): Set<string> {
  const side = (label: string, profile: Profile) => ({
    label,
    files: [{ path: label, format: 'cpuprofile', profile, repaired: 0 }],
  })
  const evidence = evidenceOfProfiles({ before: side('before', before), after: side('after', after) })
  return new Set(placesToRead(evidence, decodeOnce()).map(keyOf))
}

type Place = Pick<Frame, 'file' | 'line' | 'column'>

const keyOf = ({ file, line, column }: Place) => `${file}\n${line}:${column}`

const indexOf = (functions: Listed[]) => new Map(functions.map((it, at) => [keyOf(it), at]))

/** From functions of one program to those of the other. */
function partners(own: Side, other: Side, found: ArrayLike<number>): Map<number, number> {
  const [mine, its] = [indexOf(own.functions), indexOf(other.functions)]
  return new Map(
    own.tree.frames.map((frame, at) => {
      const partner = found[at]!
      return [mine.get(keyOf(frame))!, partner === -1 ? -1 : its.get(keyOf(other.tree.frames[partner]!))!]
    }),
  )
}

function resultOf(truth: Truth, alignment: Alignment, before: Listed[], after: Listed[]): Result {
  const errors: string[] = []
  const tallyOf = (isCounted: (it: Listed) => boolean) =>
    scoreOf(
      truth,
      alignment,
      { before: at => isCounted(before[at]!), after: at => isCounted(after[at]!) },
      ({ what, of, found }) => {
        const sides = of.before === undefined ? [after, before] : [before, after]
        const own = sides[0]![(of.before ?? of.after)!]!
        errors.push(`${what}: ${textOf(own)}${found === undefined ? '' : ` = ${textOf(sides[1]![found]!)}`}`)
      },
    )
  const named = tallyOf(({ name }) => name !== '')
  const anonymous = tallyOf(({ name }) => name === '')
  return { named, anonymous, errors }
}

const textOf = ({ name, file, line, column, size }: Listed) =>
  `${name || '(anonymous)'} ${file.replace(/^.*node_modules\//, '')}:${line}:${column} (${size})`
