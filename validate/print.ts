/** How experiments print: tables and targets. */
import { cell, columns } from '../harness/words/text.ts'
import type { Target } from './experiment.ts'

export interface Table {
  title: string
  head: string[]
  rows: string[][]
}

/** A column for each entry, a row for each item. */
export const tableOf = <T>(
  title: string,
  items: T[],
  columns: Record<string, (item: T) => string>,
): Table => ({
  title,
  head: Object.keys(columns),
  rows: items.map(item => Object.values(columns).map(text => text(item))),
})

export function printTable({ title, head, rows }: Table): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => columns(row[column]!))))
  const line = (row: string[]) =>
    row.map((text, column) => cell(text, widths[column]!, column === 0 ? 'left' : 'right')).join('  ')
  console.log(`\n${title}\n\n${line(head)}\n${widths.map(width => '-'.repeat(width)).join('  ')}`)
  for (const row of rows) console.log(line(row))
}

/** For a page of `docs/`. */
export function markdownOf({ head, rows }: Omit<Table, 'title'>): string {
  const line = (row: string[]) => `| ${row.join(' | ')} |`
  return [head, head.map(() => '---'), ...rows].map(line).join('\n')
}

export function printTarget({ name, value, bound, met }: Target): void {
  console.log(`${met ? '✔' : '✖'} ${name}: ${value}${bound ? ` (target: ${bound})` : ''}`)
}

/** Ends a run: how many targets were met, and which were missed. */
export function printOutcome(targets: Target[]): void {
  const missed = targets.filter(({ met }) => !met)
  console.log(`\n${targets.length - missed.length} of ${targets.length} targets met`)
  for (const target of missed) printTarget(target)
}
