/** What limits a variant, or what changed it, as one cause with its evidence and a next step. */
import type { ShownFunction } from './flame.ts'

export type Cause =
  | 'own work'
  | 'long turns'
  | 'garbage'
  | 'leak'
  | 'wait'
  | 'pool'
  | 'thread pool'
  | 'storage'
  | 'lock'
  | 'blocked'
  | 'slow reader'
  | 'processor'
  | 'switches'
  | 'nothing'

export interface Diagnosis {
  variant: string
  /** The variant that it changed from; absent where it is about the variant alone. */
  baseline?: string
  cause: Cause
  /** What was seen, with its figures: a sentence. */
  message: string
  /** What to do next; empty where there is nothing to do. */
  advice: string
  /** The function that it is about. */
  place?: ShownFunction
}
