/**
 * CPU profiles with titles, as many at once as are wanted, in one session of the inspector. They share one sampler: beginning the
 * first makes V8 list all its code, and while one runs, another one costs next to nothing.
 */
class Titles {
  #post
  #ended = new Map()

  /** @param post sends a message to the session, and resolves to its result */
  constructor(session, post) {
    this.#post = post
    session.on('Profiler.consoleProfileFinished', ({ params: { title, profile } }) => {
      this.#ended.get(title)?.(profile)
      this.#ended.delete(title)
    })
  }

  /** @param interval µs between two samples */
  async enable(interval) {
    await this.#post('Profiler.enable')
    await this.#post('Profiler.setSamplingInterval', { interval })
  }

  begin(title) {
    return this.#evaluate(`console.profile(${JSON.stringify(title)})`)
  }

  /** @returns the profile, as V8 gives it */
  async end(title) {
    const profile = new Promise(resolve => this.#ended.set(title, resolve))
    await this.#evaluate(`console.profileEnd(${JSON.stringify(title)})`)
    // It comes before the answer to the call that ends it; one that never began never comes.
    if (!this.#ended.has(title)) return await profile
    this.#ended.delete(title)
    throw new Error(`there is no profile ${title}`)
  }

  async #evaluate(expression) {
    const { exceptionDetails } = await this.#post('Runtime.evaluate', { expression, silent: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  }
}

module.exports = { Titles }
