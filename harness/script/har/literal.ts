/** JSON is JavaScript; single quotes as in the rest of the file. */
export function literal(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** The name of a property. */
export const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : literal(name))

/** Names and values, which are sources of their own. */
export const record = (fields: [string, string][]): string =>
  `{ ${fields.map(([name, value]) => `${key(name)}: ${value}`).join(', ')} }`
