/** An interval as a small bar of characters, for reports made of text. */
import type { Change } from '../../harness/model/report.ts'
import { sound } from '../../harness/words/numbers.ts'

/** Half-width of an axis, as a fraction, on which the given changes can be told apart. */
export function reach(changes: (Change | null)[]): number {
  const ends = changes.flatMap(change => {
    const it = sound(change)
    return it ? [Math.max(Math.abs(it.low), Math.abs(it.high))] : []
  })
  return Math.max(0.02, ...ends)
}

/** `  ├●┤ ┊    `: zero in the middle, `‹` and `›` where the interval leaves the axis. */
export function bar(change: Change | null, reach: number, width: number): string {
  const cells = Array.from({ length: width }, () => ' ')
  const place = (x: number) => Math.round(((x / reach + 1) / 2) * (width - 1))
  const inside = (i: number) => Math.min(width - 1, Math.max(0, i))
  cells[place(0)] = '┊'
  const it = sound(change)
  if (!it) return cells.join('')
  const [from, to] = [place(it.low), place(it.high)]
  for (let i = inside(from); i <= inside(to); i++) cells[i] = '─'
  cells[inside(from)] = from < 0 ? '‹' : '├'
  cells[inside(to)] = to >= width ? '›' : '┤'
  cells[inside(place(it.estimate))] = '●'
  return cells.join('')
}
