/** Says on standard error what is wrong: each kind of problem once, until it is over. */
const { writeSync } = require('node:fs')

class Log {
  #said = new Set()
  /** How often each kind of problem has occurred. */
  counts = {}

  once(kind, text) {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
    if (this.#said.has(kind)) return
    this.#said.add(kind)
    this.#write(text)
  }

  /** A problem of this kind is over. */
  over(kind, text) {
    if (this.#said.delete(kind)) this.#write(text)
  }

  #write(text) {
    try {
      // A thread's own stream would wait for the main thread, which may stand still.
      writeSync(2, `flamegate/probe: ${text}\n`)
    } catch {
      // Nobody reads it.
    }
  }
}

module.exports = { Log }
