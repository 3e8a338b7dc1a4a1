/** What one launch of a variant brought: columns, histograms and profiles. The types follow from the schemas. */
import { z } from 'zod'
import { base64, figures, histograms, id, name, text, textMap, texts } from './shapes.ts'

const optionalNumbers = z.array(z.number().nullable()).max(1_000_000)

/** Whether all columns, and columns of pairs, have the same number of rows. */
const sameLength = (columns: Record<string, unknown[] | undefined>) =>
  new Set(Object.values(columns).flatMap(column => column?.length ?? [])).size < 2
const UNEQUAL = { message: 'columns of unequal length' }

/**
 * The slices of one launch as columns of equal length, by name: `columns.ts` says what they mean. `null` where the
 * platform has no such counter or nobody looked; a column that is missing was not measured at all.
 */
const slices = z.record(text, optionalNumbers).refine(sameLength, UNEQUAL)

export type Slices = z.infer<typeof slices>
/** One row of it. */
export type Slice = Record<string, number | null>

/** Stops of the program for garbage collection, as columns of equal length. */
const pauses = z
  .object({
    /** V8's name for it: `Scavenge`, `MarkSweepCompact`, `IncrementalMarking` … */
    kind: texts,
    /** Nanoseconds. */
    duration: z.array(z.number()),
    /** Bytes in use on the JS heap. */
    before: z.array(z.number()),
    after: z.array(z.number()),
    /** Milliseconds since the watch began; absent where that is not known. */
    at: z.array(z.number()).optional(),
  })
  .refine(sameLength, UNEQUAL)

export type Pauses = z.infer<typeof pauses>

const pair = z.tuple([z.array(z.number()), z.array(z.number())])

/**
 * Objects on the heap by constructor, at the first and at the second of two snapshots, as columns of equal length:
 * how many, their own bytes, and the bytes that would be freed with them.
 */
const constructors = z
  .object({ name: texts, count: pair, self: pair, retained: pair })
  .refine(({ name, ...pairs }) => Object.values(pairs).every(([a, b]) => sameLength({ name, a, b })), UNEQUAL)

export type Constructors = z.infer<typeof constructors>

/** What one collector brought back from one launch. */
const collectorResult = z.object({
  slices,
  /** Gzipped pprof, base64. */
  profile: base64.optional(),
  pauses: pauses.optional(),
  /** Of two heap snapshots; absent where none were taken. */
  constructors: constructors.optional(),
  /** Plain numbers of the collector (asked and delivered interval, repaired samples, percentiles …). */
  figures,
})

export type CollectorResult = z.infer<typeof collectorResult>

/** Why a request is lost that was waited for in vain: it alone of those without an answer has a latency. */
export const TIMED_OUT = 'it timed out'

/** Requests of the timed slices that went wrong in one way. */
const failure = z.object({
  /** Name of the step; `all` in records that did not tell apart where the rarest ways belong. */
  step: text,
  /** `error` without an answer, `unexpected` with another answer than the script expects. */
  kind: z.enum(['error', 'unexpected']),
  reason: text,
  count: z.number(),
  /** Beginning of the first such answer. */
  sample: text.optional(),
})

export type Failure = z.infer<typeof failure>

const failures = z.array(failure).max(3_000)

/** A stretch of the open loop: requests belong to the phase in which they were meant to be sent. */
const phase = z.object({
  name: text,
  /** Milliseconds from the first phase's begin. */
  start: z.number(),
  duration: z.number(),
  /** HDR histograms of µs, V2-encoded, one per step of the script. */
  latency: histograms,
  requests: z.number(),
  dropped: z.number(),
  /** In intervals of equal length: when they begin (ms), requests that were answered, p50 and p99 in µs. */
  timeline: z
    .object({
      at: z.array(z.number()),
      requests: z.array(z.number()),
      p50: optionalNumbers,
      p99: optionalNumbers,
    })
    .refine(sameLength, UNEQUAL),
})

export type PhaseRecord = z.infer<typeof phase>

/** What came of connections that the server closed in the timed slices. */
const renewed = z.object({
  /** Connections that were made anew because a request needed one. */
  connections: z.number(),
  /** Requests that were sent a second time, because their connection ended without a word before any byte of an answer. */
  requests: z.number(),
})

export type Renewed = z.infer<typeof renewed>

/** How the open loop kept its pace in the timed slices. */
const pace = z.object({
  /** Requests per second that were asked for; of phases, the mean. */
  rate: z.number(),
  /** Requests per second that the baseline handled in the closed loop of the warm-up. Absent in older records. */
  capacity: z.number().optional(),
  /** The side that could not handle a higher rate comfortably. Absent where the scenario sets the rate. */
  limit: z.enum(['service', 'generator']).optional(),
  /** Arrivals, and those that were not sent because too many requests were in flight. */
  arrivals: z.number(),
  dropped: z.number(),
  /** Runs of the script that were in flight when others were not sent. Absent: none were left out, or nobody noted it. */
  inFlight: z.number().optional(),
})

export type Pace = z.infer<typeof pace>

const trial = z.object({
  rate: z.number(),
  /** µs, at the plan's percentile; `null` where nothing was answered. */
  latency: z.number().nullable(),
  passed: z.boolean(),
  /** µs that the generator sent late, at the same percentile, and the share of the time in which it was busy. */
  late: z.number().optional(),
  busy: z.number().optional(),
  /** Absent: every answer was as the script expects. */
  unexpected: z.object({ requests: z.number(), failures }).optional(),
})

export type Trial = z.infer<typeof trial>

/** Up to which rate the latency stays under the plan's limit. Rates are requests per second. */
const capacity = z.object({
  /** `null` where no rate passed, or every one. */
  rate: z.number().nullable(),
  /** In the order in which they were tried. */
  trials: z.array(trial).max(1_000),
})

export type Capacity = z.infer<typeof capacity>

/** Of the timed slices, one per step of the script where that is not said otherwise. HDR histograms of µs, V2-encoded. */
const timedHistograms = z.object({
  /** In the open loop since the request was meant to be sent, in the closed one since it was sent. */
  latency: histograms,
  /** The same since the requests were really sent. Absent in a closed loop, which knows no other time. */
  uncorrected: histograms.optional(),
  /**
   * How much later each of those answers may have come, because the generator was not looking when it did; one for all
   * steps. Absent in records from before it was noted, and where nothing was unsure.
   */
  unsure: histograms.optional(),
  /** Actual minus intended time of sending, one for all steps. Absent in a closed loop. */
  sendError: histograms.optional(),
})

export type Histograms = z.infer<typeof timedHistograms>

export const launch = z.object({
  variant: name,
  /** Where it was asked. Absent on a Unix socket, and in records from before it was noted. */
  url: text.optional(),
  /** Milliseconds from spawn until ready. */
  boot: z.number(),
  /** `process.versions` of the target, when it is Node. */
  versions: textMap,
  warmup: z.object({
    /** Whether there was evidence of steady state before the limit. */
    settled: z.boolean(),
    /** Why it is not settled, as text. */
    reason: text.optional(),
    slices,
  }),
  timed: slices,
  /**
   * Share of its processors' time that the host of a virtual machine took while the slices were timed; `null` where the
   * kernel does not tell, absent in records from before it was asked.
   */
  steal: z.number().nullable().optional(),
  histograms: timedHistograms,
  /** Absent: every request was answered as expected. */
  failures: failures.optional(),
  /** Absent: connections were kept, or the record is from before it was noted. */
  renewed: renewed.optional(),
  /** Absent in a closed loop. */
  pace: pace.optional(),
  /** Absent where the load has no phases. */
  phases: z.array(phase).max(1_000).optional(),
  /** Processors that both the target and the load generator may use. Absent: none, or the platform does not tell. */
  sharedProcessors: z.array(z.number()).max(10_000).optional(),
  /** Absent: it was not looked for. */
  capacity: capacity.optional(),
  /** What the collectors brought back, by their names. */
  collected: z.record(id, collectorResult),
  /** Bytes at the end of the timed slices: of the process tree, and of the JS heap. */
  memory: z.object({ resident: z.number().nullable(), heapUsed: z.number().nullable() }),
  /** Open files and connections of the process tree, without those that the load has added, before and after the timed slices. */
  descriptors: z.tuple([z.number(), z.number()]).optional(),
})

export type LaunchRecord = z.infer<typeof launch>
