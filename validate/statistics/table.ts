/** A rate with its interval, and tables of them on the terminal. */

/** Wilson's 95 % interval (E. B. Wilson, 1927, J. Amer. Statist. Assoc. 22). */
export function binomial(hits: number, trials: number): [low: number, high: number] {
  const z = 1.96
  const rate = hits / trials
  const centre = rate + z ** 2 / (2 * trials)
  const half = z * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2))
  const scale = 1 + z ** 2 / trials
  return [Math.max(0, (centre - half) / scale), (centre + half) / scale]
}

export const percentage = (fraction: number, digits = 2): string => (100 * fraction).toFixed(digits)

export function printTable(title: string, head: string[], rows: string[][]): void {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map(row => row[column]!.length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
  console.log(`\n${title}\n\n${line(head)}\n${widths.map(width => '-'.repeat(width)).join('  ')}`)
  for (const row of rows) console.log(line(row))
}
