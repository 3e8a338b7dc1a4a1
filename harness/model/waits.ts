/** What an agent saw of the requests that it followed. Times are ms on its own clock. */

export interface FollowedRequests {
  /** µs on the machine's monotonic clock at which the agent's clock was zero. */
  began: number
  /** Requests in all. */
  seen: number
  requests: FollowedRequest[]
  causes: WaitCause[]
  /** Indices of `frames`, innermost first. */
  stacks: number[][]
  frames: WaitFrame[]
  /** Pauses for garbage collection, as columns. */
  pauses: { from: number[]; to: number[] }
  /** The thread pool: ms in which its threads were busy, by kind of task; and ms in which it was watched. */
  pool: { threads: number; busy: Record<string, number>; time: number }
}

export interface FollowedRequest {
  from: number
  to: number
  /** Since when the event loop had not slept when the request began. */
  busy: number
  /** Nanoseconds in which the main thread was ready to run, and did not. */
  delay: number
  /** Too much happened, so its way is known only in part. */
  cut: boolean
  /** Its critical path, from the end back to the beginning, as columns. */
  way: {
    /** Index of `causes`; −1: its own code ran; −2: it was ready, and others ran. */
    cause: number[]
    /** Index of `stacks`, −1 where unknown. */
    stack: number[]
    from: number[]
    to: number[]
    /** Since when the loop had not slept when the wait was over. */
    busy: number[]
    /** When a thread of the pool took the work up. */
    began: number[]
  }
  /**
   * All stretches in which its own code ran, with the processor time in them (`null` where that is unknown), whether the thread can have
   * slept in them, and the time that following the request took.
   */
  runs: { from: number[]; to: number[]; cpu: (number | null)[]; slept: boolean[]; watched: number[] }
}

export interface WaitCause {
  /** One of the agent's names: `socket`, `files`, `timer`, `another request` … */
  kind: string
  /** Host and port, where there is one. */
  peer?: string
  /** Index of `stacks`, −1 where unknown: of code that reads what the peer sends. */
  reader?: number
}

export interface WaitFrame {
  name: string
  file: string
  /** The line of the call. */
  line: number
  /** Where the function begins; 0 where V8 does not say. */
  startLine: number
  startColumn: number
}
