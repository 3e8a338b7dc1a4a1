/** Names from a file that holds several profiles: the first few, and how many more there are. */
export function firstNames(names: string[], most = 5): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}
