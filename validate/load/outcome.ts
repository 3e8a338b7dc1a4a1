/** One line of the result; without a target it is only stated. */
export interface Outcome {
  what: string
  found: string
  target?: string
  passed: boolean
}
