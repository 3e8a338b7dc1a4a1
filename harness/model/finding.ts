/** What a reader must know before believing a number. */
import { z } from 'zod'
import type { FindingCode } from './catalogue.ts'
import { text } from './shapes.ts'

export const finding = z.object({
  /** Any text is read: a record of another version can carry codes that this one does not know. */
  code: text as unknown as z.ZodType<FindingCode>,
  severity: z.enum(['info', 'warning', 'error']),
  /** What was seen, with numbers. */
  message: text,
  /** What to do about it. */
  advice: text.optional(),
})
export type Finding = z.infer<typeof finding>
