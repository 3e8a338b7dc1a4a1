/** Answers the shop's main thread: at once, or after holding the lock for a while. */
import { workerData } from 'node:worker_threads'

const { name, shared } = workerData
for (;;) {
  Atomics.wait(shared, 0, 0)
  if (name === 'lock') Atomics.wait(shared, 1, 0, 8)
  Atomics.store(shared, 0, 0)
  Atomics.notify(shared, 0)
}
