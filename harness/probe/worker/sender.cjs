/** Sends windows to a store that takes what Pyroscope's `/ingest` takes. A window that it does not take is lost, and nobody waits for it. */
const os = require('node:os')

/** Milliseconds for an answer. */
const PATIENCE = 10_000
/** Windows on their way at the same time. One more is lost: a store that is slow must not cost the service its memory. */
const MOST_AT_ONCE = 2
/** Milliseconds that `stop()` waits for the last ones. */
const LAST = 2_000

class Sender {
  #options
  #log
  /** Each settles when its window has arrived or is lost. */
  #onTheirWay = new Set()

  constructor(options, log) {
    this.#options = options
    this.#log = log
  }

  /** @param bytes gzipped pprof; @param startedAt when the window began */
  send(bytes, startedAt) {
    const { url } = this.#options.send
    if (this.#onTheirWay.size >= MOST_AT_ONCE) return this.#lost('it is slow')
    // Loaded when it is needed: the memory of this thread is the service's.
    const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http')
    const { token } = this.#options.send
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
      ...(token && { authorization: `Bearer ${token}` }),
    }
    const asked = request(this.#address(startedAt), {
      method: 'POST',
      headers,
      timeout: PATIENCE,
      agent: false,
    })
    asked.on('response', answer => {
      answer.resume()
      const { statusCode } = answer
      if (statusCode >= 200 && statusCode < 300) this.#log.over('send', `windows are taken by ${url} again.`)
      else this.#lost(`status ${statusCode}`)
    })
    asked.on('timeout', () => asked.destroy(new Error('there was no answer')))
    asked.on('error', error => this.#lost(error.message))
    const over = new Promise(resolve => asked.on('close', resolve))
    this.#onTheirWay.add(over)
    over.then(() => this.#onTheirWay.delete(over))
    asked.on('socket', socket => socket.unref())
    asked.end(bytes)
  }

  /** Resolves when no window is on its way any more, or soon. */
  async settled() {
    let timer
    const late = new Promise(resolve => {
      timer = setTimeout(resolve, LAST)
    })
    await Promise.race([Promise.all(this.#onTheirWay), late])
    clearTimeout(timer)
  }

  #lost(why) {
    this.#log.once('send', `a window could not be sent to ${this.#options.send.url}, and is lost: ${why}`)
  }

  #address(startedAt) {
    const { service, version = '', send } = this.#options
    const labels = { version, host: os.hostname(), pid: process.pid }
    const inside = Object.entries(labels)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}=${plain(value)}`)
    const query = new URLSearchParams({
      name: `${plain(service)}{${inside.join(',')}}`,
      from: Math.floor(startedAt.getTime() / 1e3),
      until: Math.ceil(Date.now() / 1e3),
      format: 'pprof',
      spyName: 'flamegate',
    })
    return `${send.url}/ingest?${query}`
  }
}

/** Without the signs that would end a label. */
const plain = text => String(text).replaceAll(/[{},="\s]+/g, '_')

module.exports = { Sender }
