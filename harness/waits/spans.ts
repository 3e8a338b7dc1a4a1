/** Stretches of time against one another. */
import type { Stretches } from '../model/capabilities.ts'

export interface Span {
  from: number
  to: number
}

/** The same moments in stretches that do not overlap, in order. */
export function union({ from, to }: Stretches): Span[] {
  const spans = from.map((began, at) => ({ from: began, to: to[at]! })).sort((a, b) => a.from - b.from)
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else joined.push({ ...span })
  }
  return joined
}

/** The parts of spans that lie in a stretch. */
export const within = (spans: Span[], from: number, to: number): Span[] =>
  spans
    .map(span => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter(({ from, to }) => to > from)

/** How much of a stretch is covered. */
export const overlap = (spans: Span[], from: number, to: number): number =>
  within(spans, from, to).reduce((sum, span) => sum + span.to - span.from, 0)

/** The parts of a stretch that are not covered. */
export function without(spans: Span[], from: number, to: number): Span[] {
  const covered = within(spans, from, to)
  const edges = [from, ...covered.flatMap(span => [span.from, span.to]), to]
  return Array.from({ length: covered.length + 1 }, (_, at) => ({
    from: edges[2 * at]!,
    to: edges[2 * at + 1]!,
  })).filter(({ from, to }) => to > from)
}
