/** Matching by order among functions that nothing else tells apart. */
import { groupBy, type Matching, pair, type Side, unmatched } from './matching.ts'

/**
 * What is left of a name (or of no name): the first with the first, the second with the second, among those
 * of one file and one caller (the callers, where there are several), where both sides have as many.
 */
export function matchOrdinals(matching: Matching): void {
  pairGroups(matching, callers => (callers.length > 0 ? callers.join() : null))
  // Sampling may have missed a rare caller: one that both have is enough where only one function is left.
  pairGroups(matching, callers => (callers.length > 0 ? String(callers[0]) : null), 1)
}

/** `keyOf` is given the matched callers, as frames of `after`; without a key a function is left alone. */
function pairGroups(matching: Matching, keyOf: (callers: number[]) => string | null, most = Infinity): void {
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
    const known = keyOf(callers.filter(caller => caller !== -1).sort((a, b) => a - b))
    return known === null ? '' : `${file}\n${name}\n${known}`
  }
  const groups = groupBy(unmatched(after, backward), keyAfter)
  for (const [group, members] of groupBy(unmatched(before, forward), keyBefore)) {
    const others = groups.get(group)
    if (others?.length !== members.length || members.length > most) continue
    const right = inOrder(after, others)
    inOrder(before, members).forEach((a, ordinal) => {
      pair(matching, a, right[ordinal]!, 'by order')
    })
  }
}

const inOrder = ({ frames }: Side, members: number[]): number[] =>
  members.toSorted((a, b) => frames[a]!.line - frames[b]!.line || frames[a]!.column - frames[b]!.column)
