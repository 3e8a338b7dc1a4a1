/** Matching by order where nothing else distinguishes functions. */
import { areStrangers } from './by-body.ts'
import { commonGroups, type Matching, pair, type Side } from './matching.ts'

/**
 * Unmatched functions of one name (or none), one file and the same callers: the first with the first, the second with
 * the second, where both sides have equally many.
 */
export function matchOrdinals(matching: Matching): void {
  pairGroups(matching, callers => callers.join())
  // Sampling can miss a rare caller: one common caller is enough where only one function is left.
  pairGroups(matching, ([first]) => String(first), 1)
}

/** `keyOf` gets the matched callers, as frames of `after`; a function without any is skipped. */
function pairGroups(matching: Matching, keyOf: (callers: number[]) => string, most = Infinity): void {
  const { before, after, forward, backward, files } = matching
  const keyBefore = (at: number) => {
    const file = files.get(before.frames[at]!.file)
    const callers = [...before.callers[at]!].map(caller => forward[caller]!)
    return file === undefined ? '' : key(file, before.frames[at]!.name, callers)
  }
  const keyAfter = (at: number) => {
    const callers = [...after.callers[at]!].map(caller => (backward[caller] === -1 ? -1 : caller))
    return key(after.frames[at]!.file, after.frames[at]!.name, callers)
  }
  const key = (file: string, name: string, callers: number[]) => {
    // Callers without a partner say nothing.
    const known = callers.filter(caller => caller !== -1).sort((a, b) => a - b)
    return known.length === 0 ? '' : `${file}\n${name}\n${keyOf(known)}`
  }
  for (const [members, others] of commonGroups(matching, keyBefore, keyAfter)) {
    if (others.length !== members.length || members.length > most) continue
    const right = inOrder(after, others)
    inOrder(before, members).forEach((a, ordinal) => {
      if (!areStrangers(matching, a, right[ordinal]!)) pair(matching, a, right[ordinal]!, 'by order')
    })
  }
}

const inOrder = ({ frames }: Side, members: number[]): number[] =>
  members.toSorted((a, b) => frames[a]!.line - frames[b]!.line || frames[a]!.column - frames[b]!.column)
