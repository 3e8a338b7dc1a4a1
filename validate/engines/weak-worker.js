/** Preloaded into a worker: each request takes it some ms, as on a weak machine, but none of the others' processor. */
import { subscribe } from 'node:diagnostics_channel'

const TAKES = 6

const never = new Int32Array(new SharedArrayBuffer(4))

subscribe('http.client.request.start', ({ request }) => {
  // What goes to the gate is not load; it is sent by `fetch`, which has a channel of its own.
  if (request.protocol === 'http:') Atomics.wait(never, 0, 0, TAKES)
})
