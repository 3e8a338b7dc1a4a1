/** What limits a variant, as one cause with its evidence and a next step. */
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
  cause: Cause
  /** What was seen, with its figures. */
  message: string
  /** What to do next; empty where nothing stands out. */
  advice: string
  /** The function that it is about. */
  place?: ShownFunction
}
