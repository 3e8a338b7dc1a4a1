/** What the profiles of a pair say: the functions, whose they are, which of them hold the change, and the flame. */
import type { Change, Pair, Sides } from './comparison.ts'

export type Category = 'application' | 'dependency' | 'node' | 'v8'

export interface ShownFunction {
  function: string
  file: string
  line: number
  category: Category
}

/** A function in both profiles of a pair: its self time (or bytes, …) per request, in the flame's unit. */
export interface FrameChange extends Pair, ShownFunction, Sides {
  collector: string
  /** Self plus what it calls; a sample counts once per function. */
  totalBefore: number
  totalAfter: number
  /**
   * Change of self per request, as a fraction of what a request of the baseline costs over all threads; of the
   * collector `stalls`, as a fraction of the time that a request of the baseline took.
   */
  change: Change
  /** Probability of such a change by chance, adjusted for all functions tested together; `null` with too few rounds. */
  p: number | null
  significant: boolean
  /** Smallest change that this run could have detected, as a fraction of the baseline's cost per request. */
  detectable: number | null
  /**
   * The same for the function with what it calls, tested separately. It stays put where a function is inlined into another
   * and launches differ in which of the two is charged. Absent with too few rounds.
   */
  withCallees?: { change: Change; p: number; significant: boolean }
  /** How the function was found in the other profile: `exact`, `only before`, `only after`, … */
  match: string
  /** Its part of the GC pauses (µs per request), by bytes. Only of `allocation`; absent if pauses were not counted. */
  collecting?: Sides
}

/** `rest`: what no owner has a row for. */
export type OwnerKind = Category | 'kernel' | 'rest'

/** Whose code functions are, on both sides. */
export interface SharedOwner {
  kind: OwnerKind
  /** `application`, the name of a package, `Node`, `kernel`, or `V8`: garbage collector, compiler, program. */
  owner: string
  /** Only of a package: `null` where the version is not known, absent where the side did not run the package. */
  versions?: Partial<Sides<string | null>>
}

/**
 * What one owner's functions cost by themselves, with the native ones that they call. Values are per request, in the flame's
 * unit. The last row is the `rest`, so rows add up to the whole.
 */
export interface OwnerChange extends Pair, Sides, SharedOwner {
  collector: string
  /** Interval of the change in the flame's unit; `null` where nothing tells a change from chance. */
  interval: { low: number; high: number } | null
  /** As a fraction of what a request of the baseline costs. */
  change: Change
  p: number | null
  significant: boolean
  detectable: number | null
}

/**
 * A function that somebody can edit, and that holds a large part of a change together with what it calls. Values are per
 * request, in the flame's unit.
 */
export interface Culprit extends Pair, ShownFunction, Sides {
  collector: string
  unit: string
  /** What the values refer to, for example `per request`. */
  per: string
  /** `application`, or the name of a package. */
  owner: string
  /** Version of the package that has the line; absent where it is not known. */
  version?: string
  /** Absolute path of the file in the variant's version; absent for a function that only the baseline has. */
  path?: string
  /** The nearest caller that can be edited; absent where there is none. */
  caller?: string
  /** Interval of the change; `null` with too few rounds. */
  interval: { estimate: number; low: number; high: number } | null
  /** Change of the whole request. */
  whole: number
  /** What changed in it: its own work, or the call whose cost changed most. */
  cause: { kind: 'own work' } | CallChange
}

/** A call whose cost changed, in the function that makes it. */
export interface CallChange extends Sides {
  /** `other call`: it has taken the place of `instead`. */
  kind: 'new call' | 'dropped call' | 'other call' | 'call'
  callee: string
  /** Where the callee begins: in a package from `node_modules` on, and absent for native functions. */
  file?: string
  line?: number
  instead?: string
  /** Whose code is called. */
  owner: string
  /** Line of the call in the caller's file; absent where it is not known beyond doubt. */
  at?: number
}

/**
 * Union of both sides' call trees, as columns: self per request, mean over rounds. A parent's index is smaller than its
 * child's.
 */
export interface Flame extends Pair, Sides<number[]> {
  collector: string
  /** Unit of `before` and `after`, for example `µs`. */
  unit: string
  /** What the values refer to; default `per request`. */
  per?: string
  /** What the changes of its functions are fractions of, in the unit; absent where nothing tells a change from chance. */
  base?: number
  /** The functions that nodes point to; `source` is absent where the record does not have the lines. */
  frames: (ShownFunction & { match: string; source?: FunctionText; owner?: number })[]
  /** Whose code the frames are, with the interval of the change by owner, in `unit`. A frame without an owner is its caller's. */
  owners?: (SharedOwner & { low: number | null; high: number | null })[]
  parent: number[]
  frame: number[]
  /** Interval of the change in *total* (self and below) per request; null with too few rounds. */
  low: (number | null)[]
  high: (number | null)[]
  /** Absent where samples have no time. */
  moments?: Moments
}

/**
 * A function's lines with their self cost, over all of its calls, in the flame's unit: those at its beginning, and those
 * that cost something. A row of both sides says the same in both versions. Rows and `rest` add up to the function's self.
 */
export interface FunctionText {
  rows: ({ text: string } & Partial<Sides<LineCost>>)[]
  /** The cost of lines that are not known, or whose text is not. */
  rest: Sides
}

interface LineCost {
  /** In the file of that side, from 1. */
  line: number
  self: number
}

/** The self values of a flame by time, in steps from the profile's start: columns of what is not zero. */
export interface Moments extends Sides<number[]> {
  /** Milliseconds. */
  step: number
  /** Share of all requests in each step; each side adds up to 1. */
  requests: Sides<number[]>
  node: number[]
  at: number[]
}

/** The sum of the functions' changes next to the change of the whole, per request, in the flame's unit. */
export interface Budget {
  variant: string
  collector: string
  unit: string
  functions: number
  whole: number
  rest: number
}
