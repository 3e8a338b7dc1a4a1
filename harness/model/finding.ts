/** Something that the reader must know before believing a figure. */
import { z } from 'zod'
import { text } from './shapes.ts'

export const finding = z.object({
  /** Stable, kebab-case. */
  code: text,
  severity: z.enum(['info', 'warning', 'error']),
  /** What was seen, with figures. */
  message: text,
  /** What to do about it. */
  advice: text.optional(),
})

export type Finding = z.infer<typeof finding>

/** What the catalogue says of a kind of finding. */
export type Entry = Pick<Finding, 'severity' | 'advice'>
