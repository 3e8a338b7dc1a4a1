/** The part of autocannon 9.0.0 that is used here; it comes without types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Instance extends EventEmitter {
    stop(): void
  }

  export default function autocannon(options: object): Promise<object>
  export default function autocannon(options: object, done: (error: Error | null) => void): Instance
}
