/** A value as JavaScript source: JSON, but strings in single quotes. */
export function literal(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** The name of a property. */
export const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : literal(name))

/** An object literal of names and the source text of their values. */
export const objectLiteral = (fields: [string, string][]): string =>
  `{ ${fields.map(([name, value]) => `${key(name)}: ${value}`).join(', ')} }`
