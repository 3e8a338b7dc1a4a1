/** libuv's thread pool, as far as it can be told from when its tasks are handed over and come back. */

const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4
/** DNS lookups use half of the threads at most, so that they leave some to others. */
const LOOKUPS = Math.ceil(THREADS / 2)

class Pool {
  /** By async id, in the order in which they were handed over. */
  #tasks = new Map()
  #running = { all: 0, lookup: 0 }
  #newest
  #isUsed = false
  /** Milliseconds in which its threads were busy, by kind of task. */
  busy = {}
  threads = THREADS

  /** Whether anything has used it so far. */
  get isUsed() {
    this.#forgetSynchronous()
    return this.#isUsed || this.#tasks.size > 0
  }

  /** @param kind of task, from `causes.cjs` */
  add(id, kind, resource, now) {
    this.#forgetSynchronous()
    this.#newest = { id, kind, resource, from: undefined }
    this.#tasks.set(id, this.#newest)
    this.#takeUp(now)
  }

  /** @returns when a thread took the task up; undefined for one that is none */
  end(id, now) {
    const task = this.#tasks.get(id)
    if (!task) return undefined
    this.#isUsed = true
    this.#remove(task)
    if (task.from !== undefined) this.busy[task.kind] = (this.busy[task.kind] ?? 0) + now - task.from
    this.#takeUp(now)
    return task.from
  }

  #takeUp(now) {
    for (const task of this.#tasks.values()) {
      if (this.#running.all >= THREADS) return
      const isLookup = task.kind === 'lookup'
      if (task.from !== undefined || (isLookup && this.#running.lookup >= LOOKUPS)) continue
      task.from = now
      this.#running.all++
      if (isLookup) this.#running.lookup++
    }
  }

  #remove(task) {
    this.#tasks.delete(task.id)
    if (task.from === undefined) return
    this.#running.all--
    if (task.kind === 'lookup') this.#running.lookup--
  }

  /** Node makes the same objects for synchronous calls, which use no thread of the pool and never come back. */
  #forgetSynchronous() {
    const newest = this.#newest
    if (newest && this.#tasks.has(newest.id) && !comesBack(newest)) this.#remove(newest)
    if (newest) newest.resource = undefined
  }
}

/** Only what is asynchronous has a callback, which is there soon after the object. */
function comesBack({ kind, resource }) {
  if (kind === 'crypto') return typeof resource.ondone === 'function'
  if (kind === 'compression') return typeof resource.cb === 'function'
  return true
}

module.exports = { Pool }
