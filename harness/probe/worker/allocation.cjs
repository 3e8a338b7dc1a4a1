/** Samples what the service allocates, now and then: V8's sampler costs more than its profiler of time. */

class Allocation {
  #options
  #recorder
  #log
  #timer

  constructor({ options, recorder, log }) {
    this.#options = options
    this.#recorder = recorder
    this.#log = log
  }

  begin() {
    const take = () =>
      this.#recorder
        .keepAllocation({}, this.#options.for)
        .catch(error => this.#log.once('allocation', `allocation was not sampled: ${error.message}`))
    this.#timer = setInterval(take, this.#options.every)
  }

  end() {
    clearInterval(this.#timer)
  }
}

module.exports = { Allocation }
