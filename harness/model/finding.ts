/** Something that the reader must know before believing a figure. */
export interface Finding {
  /** Stable, kebab-case. */
  code: string
  severity: 'info' | 'warning' | 'error'
  /** What was seen, with figures. */
  message: string
  /** What to do about it. */
  advice?: string
}

/** What the catalogue says of a kind of finding. */
export type Entry = Pick<Finding, 'severity' | 'advice'>
