/** Preloaded into a worker: its loop is blocked for a third of the time. */
import { performance } from 'node:perf_hooks'

const [BLOCKED, EVERY] = [5, 15]

setInterval(() => {
  const until = performance.now() + BLOCKED
  while (performance.now() < until);
}, EVERY).unref()
