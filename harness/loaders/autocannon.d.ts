/** What Flamegate uses of autocannon 9.0.0; most of its client is not documented, so its version is exact. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Client extends EventEmitter {
    _connect(): void
    _doRequest(): void
    _destroyConnection(): void
    destroy(): void
    pipelinedRequests: { clear(): void }
    parser: { execute(chunk: Buffer): number | Error; reinitialize(kind: 'RESPONSE'): void }
    /** What is written next, and who is told of each answer before the event `response`. */
    requestIterator: RequestIterator
  }

  interface RequestIterator {
    currentRequest: { requestBuffer: Buffer }
    resetted: boolean
    nextRequest(): void
    recordBody(
      request: { requestBuffer: Buffer },
      status: number,
      body: string,
      headers: string[] | undefined,
    ): void
  }

  interface Options {
    url: string
    socketPath?: string
    connections: number
    pipelining: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    /** Of autocannon's own iterator. */
    requests?: { method: string; path: string }[]
    setupClient(client: Client): void
    excludeErrorStats: boolean
  }

  interface Instance extends EventEmitter {
    stop(): void
  }

  export type { Client, RequestIterator }
  export default function autocannon(options: Options, done: (error: Error | null) => void): Instance
}
