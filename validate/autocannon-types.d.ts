/** The part of autocannon 9.0.0 that is used here; it comes without types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Options {
    url: string
    connections: number
    pipelining: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    requests?: { method: string; path: string }[]
    setupClient(): void
    excludeErrorStats: boolean
  }

  interface Instance extends EventEmitter {
    stop(): void
  }

  export default function autocannon(options: Options, done: (error: Error | null) => void): Instance
}
