/** Has the service's thread follow a few requests now and then: what they wait for is in no profile of the processor. */

class Waits {
  #options
  #port
  #recorder
  #timers = []
  #began

  /** @param port to the service's thread */
  constructor({ options, port, recorder }) {
    this.#options = options
    this.#port = port
    this.#recorder = recorder
  }

  begin() {
    this.#timers.push(setInterval(() => this.#watch(), this.#options.every))
  }

  #watch() {
    if (this.#began) return
    this.#began = this.#recorder.beginStretch()
    this.#port.postMessage({ type: 'waits', perSecond: this.#options.perSecond })
    this.#timers.push(
      setTimeout(() => this.#port.postMessage({ type: 'waits', perSecond: 0 }), this.#options.for),
    )
  }

  /** @param seen what the service's thread answers */
  seen(seen) {
    const began = this.#began
    this.#began = undefined
    if (began) this.#recorder.keepWaits(seen, began)
  }

  end() {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}

module.exports = { Waits }
