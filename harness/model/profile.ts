/**
 * A profile, whatever its format was: strings, functions, locations, stacks and samples in flat arrays.
 * An index always points backwards or into another table; 0 is the empty string in `strings`.
 */
export interface Profile {
  strings: string[]
  /** Names and files are indexes into `strings`; `line` and `column` are 1-based, 0 where unknown. */
  functions: { name: Uint32Array; file: Uint32Array; line: Uint32Array; column: Uint32Array }
  /** A place in a function; `line` is 1-based, 0 where unknown. */
  locations: { function: Uint32Array; line: Uint32Array }
  /** Prefix tree of stacks: a parent's index is smaller than its child's, −1 above an outermost frame. */
  stacks: { parent: Int32Array; location: Uint32Array }
  /** What `values` holds, for example `{ type: 'cpu', unit: 'nanoseconds' }`; the last one is shown by default. */
  valueTypes: { type: string; unit: string }[]
  samples: {
    /** Innermost frame's node in `stacks`; −1 for a sample without a stack. */
    stack: Int32Array
    /** `values[t][s]`: of value type t in sample s. */
    values: Float64Array[]
    /** Milliseconds since the profile began, where the format knows. */
    time?: Float64Array
    /** Sparse: only samples that carry labels. */
    labels: Map<number, Labels>
  }
  /** Milliseconds; 0 where unknown. */
  duration: number
  /** Sampling period in the unit of the last value type; 0 where unknown. */
  period: number
  /** Free text that travels with the profile. */
  comments: string[]
}

/** What a sample was taken under: a text, a number, or a number with its unit. */
export type Labels = Record<string, string | number | { value: number; unit: string }>
