/** The way from a file back to itself, if there is one. */
export function cycleThrough(start: string, imports: Map<string, string[]>): string | undefined {
  const seen = new Set<string>()
  const open = (imports.get(start) ?? []).map(file => [start, file])
  while (open.length > 0) {
    const way = open.pop()!
    const last = way.at(-1)!
    if (last === start) return way.join(' → ')
    if (seen.has(last)) continue
    seen.add(last)
    open.push(...(imports.get(last) ?? []).map(file => [...way, file]))
  }
  return undefined
}
