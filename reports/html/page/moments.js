/** A part of a flame by time. */

/** Length of the profile in milliseconds. */
export const lengthOf = ({ step, requests }) => step * requests.before.length

/** Whole steps that hold a range of milliseconds, one at least; null when that is all of them. */
export function stepsIn({ step, requests }, [from, to]) {
  const count = requests.before.length
  const first = Math.min(count - 1, Math.max(0, Math.floor(from / step)))
  const end = Math.min(count, Math.max(first + 1, Math.ceil(to / step)))
  return first === 0 && end === count ? null : [first, end]
}

/** What the requests of these steps cost each; a part of a run has no interval. */
export function partOf(source, [first, end]) {
  const { node, at, before, after, requests } = source.moments
  const share = side => requests[side].slice(first, end).reduce((sum, it) => sum + it, 0)
  const shares = { before: share('before'), after: share('after') }
  const none = new Float32Array(source.parent.length).fill(Number.NaN)
  const part = {
    ...source,
    before: new Float64Array(source.parent.length),
    after: new Float64Array(source.parent.length),
    low: none,
    high: none,
  }
  for (let i = 0; i < node.length; i++) {
    if (at[i] < first || at[i] >= end) continue
    if (shares.before > 0) part.before[node[i]] += before[i] / shares.before
    if (shares.after > 0) part.after[node[i]] += after[i] / shares.after
  }
  return part
}
