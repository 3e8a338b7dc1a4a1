/** What Flamegate uses of autocannon 9.0.0; `_connect` and `_doRequest` are not documented, so its version is exact. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Client extends EventEmitter {
    _connect(): void
    _doRequest(): void
    destroy(): void
    pipelinedRequests: { clear(): void }
  }

  interface Request {
    method: string
    path: string
    headers?: Record<string, string>
    body?: string
  }

  interface Options {
    url: string
    connections: number
    pipelining: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    requests: Request[]
    setupClient(client: Client): void
    excludeErrorStats: boolean
  }

  interface Instance extends EventEmitter {
    stop(): void
  }

  export type { Client }
  export default function autocannon(options: Options, done: (error: Error | null) => void): Instance
}
