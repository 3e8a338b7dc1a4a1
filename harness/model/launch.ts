/**
 * What one launch of a variant measured: columns, histograms and profiles. The types follow from the schemas. Optional
 * parts are absent where they do not apply, or where the record is older.
 */
import { z } from 'zod'
import { base64, figures, histograms, id, name, text, textMap, texts } from './shapes.ts'

const optionalNumbers = z.array(z.number().nullable()).max(1_000_000)

/** Whether all columns, and columns of pairs, have the same number of rows. */
const sameLength = (columns: Record<string, unknown[] | undefined>) =>
  new Set(Object.values(columns).flatMap(column => column?.length ?? [])).size < 2
const UNEQUAL = { message: 'columns of unequal length' }

/**
 * The slices of one launch as columns of equal length, by name: `columns.ts` says what they mean. `null` where the
 * platform has no such counter or it was not read; a column that is missing was not measured at all.
 */
const slices = z.record(text, optionalNumbers).refine(sameLength, UNEQUAL)
export type Slices = z.infer<typeof slices>
/** One row of it. */
export type Slice = Record<string, number | null>

/** Stops of the program for garbage collection, as columns of equal length. */
const pauses = z
  .object({
    /** V8's name: `Scavenge`, `MarkSweepCompact`, `IncrementalMarking` … */
    kind: texts,
    /** Nanoseconds. */
    duration: z.array(z.number()),
    /** Bytes in use on the JS heap. */
    before: z.array(z.number()),
    after: z.array(z.number()),
    /** Milliseconds since the collector started; absent where unknown. */
    at: z.array(z.number()).optional(),
  })
  .refine(sameLength, UNEQUAL)
export type Pauses = z.infer<typeof pauses>

const pair = z.tuple([z.array(z.number()), z.array(z.number())])

/**
 * Objects on the heap by constructor, as columns of equal length. Each pair is the first and the second of two
 * snapshots: the number of objects, their own bytes, and the bytes that would be freed with them.
 */
const constructors = z
  .object({ name: texts, count: pair, self: pair, retained: pair })
  .refine(({ name, ...pairs }) => Object.values(pairs).every(([a, b]) => sameLength({ name, a, b })), UNEQUAL)
export type Constructors = z.infer<typeof constructors>

/** The result of one collector in one launch. */
const collectorResult = z.object({
  slices,
  /** Gzipped pprof, base64. */
  profile: base64.optional(),
  pauses: pauses.optional(),
  constructors: constructors.optional(),
  /** Plain numbers of the collector (asked and delivered interval, repaired samples, percentiles …). */
  figures,
})
export type CollectorResult = z.infer<typeof collectorResult>

/** The reason of a request that timed out: of those without an answer, only these have a latency. */
export const TIMED_OUT = 'it timed out'

/** Requests of the timed slices that went wrong in one way. */
const failure = z.object({
  /** Name of the step; `all` in older records, which lumped the rarest failures together. */
  step: text,
  /** `error`: no answer. `unexpected`: an answer that the script does not expect. */
  kind: z.enum(['error', 'unexpected']),
  reason: text,
  count: z.number(),
  /** Beginning of the first such answer. */
  sample: text.optional(),
})
export type Failure = z.infer<typeof failure>

const failures = z.array(failure).max(3_000)

/** A phase of the open loop. A request belongs to the phase in which it was meant to be sent. */
const phase = z.object({
  name: text,
  /** Milliseconds since the first phase began. */
  start: z.number(),
  duration: z.number(),
  /** HDR histograms of µs, V2-encoded, one per step of the script. */
  latency: histograms,
  requests: z.number(),
  dropped: z.number(),
  /** Intervals of equal length: start (ms), requests answered, p50 and p99 (µs). */
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

/** Consequences of connections that the server closed in the timed slices. */
const renewed = z.object({
  /** Connections opened again because a request needed one. */
  connections: z.number(),
  /** Requests sent a second time because their connection closed before the first byte of an answer. */
  requests: z.number(),
})

/** How the open loop kept its pace in the timed slices. */
const pace = z.object({
  /** Requests per second that were asked for; the mean where there are phases. */
  rate: z.number(),
  /** Requests per second that the baseline handled in the warm-up's closed loop. Absent in older records. */
  capacity: z.number().optional(),
  /** What limited the rate. Absent where the scenario sets the rate. */
  limit: z.enum(['service', 'generator']).optional(),
  /** Arrivals, and those that were not sent because too many requests were in flight. */
  arrivals: z.number(),
  dropped: z.number(),
  /** Requests that are in no latency, because the generator was late with them. Absent in older records, which have them all. */
  leftOut: z.number().optional(),
  /** Script runs in flight when arrivals were dropped. Absent: none were dropped, or the record is older. */
  inFlight: z.number().optional(),
})
export type Pace = z.infer<typeof pace>

const trial = z.object({
  rate: z.number(),
  /** µs, at the plan's percentile; `null` where nothing was answered. */
  latency: z.number().nullable(),
  passed: z.boolean(),
  /** How late the generator sent (µs, same percentile), and the share of the time that it was busy. */
  late: z.number().optional(),
  busy: z.number().optional(),
  /** Absent: the script expects every answer. */
  unexpected: z.object({ requests: z.number(), failures }).optional(),
})
export type Trial = z.infer<typeof trial>

/** The highest rate at which the latency stays under the plan's limit. Rates are requests per second. */
const capacity = z.object({
  /** `null` where no rate passed, or all of them did. */
  rate: z.number().nullable(),
  /** In the order tried. */
  trials: z.array(trial).max(1_000),
})
export type Capacity = z.infer<typeof capacity>

/** Histograms of the timed slices, one per step of the script unless stated: HDR, µs, V2-encoded. */
const timedHistograms = z.object({
  /** Counted from when the request was meant to be sent (open loop), or was sent (closed loop). */
  latency: histograms,
  /** Counted from when the request was really sent. */
  uncorrected: histograms.optional(),
  /** Until the first byte of the answer, counted like `latency`. Absent in a closed loop, and where answers came in one piece. */
  firstByte: histograms.optional(),
  /**
   * By how much each latency can be too short, because the generator was not running when the answer came. One histogram
   * for all steps. Absent in older records, and where nothing was unsure.
   */
  unsure: histograms.optional(),
  /** Actual minus intended time of sending; one histogram for all steps. Absent in a closed loop. */
  sendError: histograms.optional(),
})
export type Histograms = z.infer<typeof timedHistograms>

export const launch = z.object({
  variant: name,
  /** Where requests were sent. Absent on a Unix socket, and in older records. */
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
    /** Whether the latency of a launch that mostly waits was steady. Absent: it computes, or the record is older. */
    latencySettled: z.boolean().optional(),
    slices,
  }),
  timed: slices,
  /** Share of its processors' time that the host took; `null` if the kernel does not say, absent in older records. */
  steal: z.number().nullable().optional(),
  histograms: timedHistograms,
  /** Absent: every answer was as expected. */
  failures: failures.optional(),
  /** Absent: connections stayed open, or the record is older. */
  renewed: renewed.optional(),
  pace: pace.optional(),
  phases: z.array(phase).max(1_000).optional(),
  /** Processors that both the target and the load generator may use. Absent: none, or unknown. */
  sharedProcessors: z.array(z.number()).max(10_000).optional(),
  capacity: capacity.optional(),
  /** Results of the collectors, by name. */
  collected: z.record(id, collectorResult),
  /** Bytes at the end of the timed slices: the process tree's, and the JS heap's. */
  memory: z.object({ resident: z.number().nullable(), heapUsed: z.number().nullable() }),
  /** Open files and connections before and after the timed slices, without the load's own connections. */
  descriptors: z.tuple([z.number(), z.number()]).optional(),
})
export type LaunchRecord = z.infer<typeof launch>
