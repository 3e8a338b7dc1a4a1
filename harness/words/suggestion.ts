/** Number of single-character edits (insert, delete, replace, swap neighbours) from one word to the other. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** The known name that was probably meant: one within a third of its length, or one that starts with what was typed. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase()
  const scored = known
    .map(name => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const close = scored.find(({ name, distance }) => distance <= Math.max(1, Math.ceil(name.length / 3)))
  return (close ?? scored.find(({ name }) => wanted !== '' && name.toLowerCase().startsWith(wanted)))?.name
}

/** Advice for an unknown name: the nearest known name, if any is near, and all of them. */
export function suggest(typed: string, known: readonly string[], noun: string): string {
  const near = nearest(typed, known)
  const all = known.length > 0 ? `Known ${noun}: ${known.join(', ')}.` : `There are no ${noun} here.`
  return near ? `Did you mean \`${near}\`? ${all}` : all
}
