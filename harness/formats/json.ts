/** Values of JSON whose shape is not known yet. */

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** The list, or an empty one where the value is not a list. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
