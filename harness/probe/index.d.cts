import type { IncomingMessage, ServerResponse } from 'node:http'

/** A time as text: `'200ms'`, `'10s'`, `'5m'`, `'1h'`. */
type Time = string
/** A size as text: `'512MiB'`. */
type Size = string
/** A share as text: `'5%'`. */
type Share = string

export interface ProbeOptions {
  /** The service's name. It is in every window, like the version. */
  service: string
  version?: string
  /** Where windows and captures are kept, the oldest of which go first. Without it, only `endpoints` give profiles. */
  store?: { folder: string; keep?: Size; files?: number } | false
  /** Signs the tokens of `flamegate token`. Without it, no request starts a capture. */
  secret?: string
  /** Whether a token may come through a proxy. Default: no. */
  forwarded?: boolean
  /** Windows that follow each other all the time. Default: of 60 s, with a sample every 10 ms, wherever there is a store. */
  continuous?: { window?: Time; interval?: Time } | false
  /** What starts a capture. Default: a loop that stands still for 200 ms, and SIGUSR2. */
  triggers?:
    | {
        /** The loop has not turned for this long. */
        loopDelay?: Time | false
        /** The 99th percentile of a route, over some ten seconds. */
        p99?: Time | false
        /** Share of a route's answers with a status from 500 on. */
        errors?: Share | false
        /** Share of the time in which the main thread waits for a processor. */
        starved?: Share | false
        /** How fast the heap that cannot be freed grows: `'10MiB/min'`. */
        heapGrowth?: string | false
        signal?: NodeJS.Signals | false
      }
    | false
  limits?: {
    /** How long a capture goes on after its cause. Default 10 s. */
    capture?: Time
    /** Time between two captures. Default 60 s. */
    cooldown?: Time
    /** Captures within a day. Default 50. */
    perDay?: number
    /** Share of the time that the loop is busy, above which only a loop that stands still is captured. Default 95 %. */
    utilisation?: Share
  }
  /**
   * What requests wait for, from a few that are followed now and then. Default: none; of a group that is given, 20 requests per second for one second in
   * every 60.
   */
  waits?: { every?: Time; for?: Time; perSecond?: number } | false
  /** What is allocated, by sampling now and then. Default: not; of a group that is given, for 10 seconds in every 60. */
  allocation?: { every?: Time; for?: Time } | false
  /** Where windows are sent besides: an address that takes what Pyroscope's `/ingest` takes. Default: nowhere. */
  send?: { url: string; token?: string } | false
  /** A listener for `/debug/pprof/`, on 127.0.0.1 unless `host` says otherwise. Default: none. */
  endpoints?: { port: number; host?: string } | false
  /** Whether names of functions and files are replaced by hashes. Default: no. */
  hashNames?: boolean
}

/** A capture has begun, or why not, and the milliseconds after which there may be one. */
export type CaptureOutcome = { name: string } | { name?: undefined; refused: string; retryAfter?: number }

export interface Probe {
  /** Middleware that tells the probe the pattern of each route. */
  express(): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
  fastify(): (app: {
    addHook(name: 'onRequest', hook: (request: never) => Promise<void>): unknown
  }) => Promise<void>
  koa(): (context: never, next: () => Promise<unknown>) => Promise<void>
  hono(): (context: never, next: () => Promise<unknown>) => Promise<void>
  /** @param details are kept with the capture */
  capture(details?: Record<string, string | number | boolean>): Promise<CaptureOutcome>
  /** Answers `/debug/pprof/` like Go's. */
  endpoints(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Writes the window that has begun, and leaves nothing behind. */
  stop(): Promise<void>
}

/** @throws TypeError when an option is wrong; Error when the probe runs in this thread already */
export function probe(options: ProbeOptions): Probe
