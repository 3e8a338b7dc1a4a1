/** Windows that follow each other without a gap: the next one begins before the last one ends, so that V8’s profiler never stops. */
const os = require('node:os')
const { join } = require('node:path')
const { cut } = require('./cut.cjs')
const { shown } = require('./hashes.cjs')
const { encodeSpace, encodeTime } = require('./pprof.cjs')
const { collecting } = require('./stretches.cjs')
const { zip } = require('./zip.cjs')

/** Marks the comment of a profile that says what its window was: JSON follows. */
const MARK = 'flamegate-window '

/** Windows of one version are one side of a comparison, so each version has a folder in these. Captures are kept together. */
const FOLDERS = { window: 'windows', waits: 'waits', allocation: 'allocation' }

/** Microseconds of a window from which on it says by itself what led to its end. */
const YOUNG = 5e6

const folderOf = (version = 'no-version') => version.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_')

class Recorder {
  #profiler
  #counters
  #options
  #store
  #sender
  #port
  #log
  #current
  /** The window that is about to end. */
  #ending
  #count = 0
  /** Of the last window. */
  #lastFile
  #busy = Promise.resolve()
  /** V8 has one sampler of allocation. */
  #sampling

  /** @param port to the service's thread */
  constructor({ profiler, counters, options, store, sender, port, log }) {
    this.#profiler = profiler
    this.#counters = counters
    this.#options = options
    this.#store = store
    this.#sender = sender
    this.#port = port
    this.#log = log
  }

  get #interval() {
    return (this.#options.continuous || { interval: 10 }).interval * 1e3
  }

  async begin() {
    await this.#profiler.enable(this.#interval)
    if (this.#options.continuous) this.#current = await this.#open()
  }

  async #open() {
    const title = `flamegate-${process.pid}-${++this.#count}`
    await this.#profiler.begin(title)
    return { title, ...this.beginStretch() }
  }

  /** Requests are counted as long as there is a stretch that has begun and not ended. */
  beginStretch() {
    this.#port.postMessage({ type: 'counts', needed: true })
    return { startedAt: new Date(), before: this.#counters.read() }
  }

  #endStretch() {
    this.#port.postMessage({ type: 'counts', needed: false })
  }

  #end({ title }) {
    this.#endStretch()
    return this.#profiler.end(title)
  }

  /**
   * Ends the current window, writes it, and begins the next one. Without a current one, only the next one begins.
   *
   * @param about what the window is: `kind`, and of a capture its name and cause
   * @param part what is also written alone: its `kind`, and which `stretches` of the clock it has (µs), which may depend on the beginning
   */
  next(about, part) {
    // While the service's thread answers no questions, a window cannot end. Then it is the one that the capture is about.
    if (this.#ending?.about.kind === 'window') {
      Object.assign(this.#ending, { about, part })
      return this.#ending.done
    }
    const ending = { about, part }
    ending.done = this.#inTurn(async () => {
      const last = this.#current
      this.#ending = ending
      try {
        this.#current = await this.#open()
      } finally {
        this.#ending = undefined
      }
      // One reading ends the window and begins the next, so that each request is in one of them.
      if (last) await this.#write({ ...last, until: this.#current.before }, ending.about, ending.part)
    })
    return ending.done
  }

  /** Ends the current window; another one begins if they follow each other all the time. */
  goOn(about) {
    return this.#options.continuous ? this.next(about) : this.#close(about)
  }

  #close(about) {
    return this.#inTurn(async () => {
      const last = this.#current
      this.#current = undefined
      if (last) await this.#write(last, about)
    })
  }

  /** A profile of the next ms, beside the windows. @returns gzipped pprof */
  async take(duration) {
    const window = await this.#open()
    await new Promise(resolve => setTimeout(resolve, duration))
    const profile = await this.#end(window)
    return this.#packed({ ...window, profile }, { kind: 'asked' })
  }

  /**
   * What is allocated in the next ms, by sampling.
   *
   * @param collected whether what the garbage collector has freed since counts too; @returns gzipped pprof
   * @throws Error while another one is taken
   */
  async takeAllocation(duration, collected, about = { kind: 'asked' }) {
    if (this.#sampling) throw new Error('as many as there can be are running')
    const stretch = this.beginStretch()
    this.#sampling = this.#profiler.allocation(duration, collected).finally(() => {
      this.#sampling = undefined
      this.#endStretch()
    })
    const profile = await this.#sampling
    const type = collected ? 'alloc_space' : 'inuse_space'
    return this.#packed({ ...stretch, profile, type }, about)
  }

  /** Waits for its turn. */
  async keepAllocation(about, duration) {
    while (this.#sampling) await this.#sampling.catch(() => {})
    const own = { ...about, kind: 'allocation' }
    const startedAt = new Date()
    this.#keep(await this.takeAllocation(duration, true, own), { startedAt }, own)
  }

  async end() {
    if (this.#current) await this.#close({ kind: 'window' })
    this.#profiler.disconnect()
    await this.#sender?.settled()
  }

  #inTurn(work) {
    const turn = this.#busy.then(work)
    this.#busy = turn.catch(error => this.#log.once('window', `a window was lost: ${error.message}`))
    return turn.catch(() => undefined)
  }

  async #write(window, about, part) {
    const profile = await this.#end(window)
    const own = { ...about, ...this.#earlier(window, about) }
    const file = this.#keep(this.#packed({ ...window, profile }, own), window, own)
    if (about.kind === 'window') this.#lastFile = file
    const stretches = part?.stretches(window.before.at) ?? []
    if (stretches.length === 0) return
    const ofPart = { ...about, kind: part.kind }
    this.#keep(this.#packed({ ...window, profile: cut(profile, stretches) }, ofPart), window, ofPart)
  }

  /** Where to look for what led to a capture whose own window has only just begun. */
  #earlier({ before, until }, { kind }) {
    const isYoung = kind === 'before' && until !== undefined && until.at - before.at < YOUNG
    return isYoung && this.#lastFile !== undefined && { earlier: this.#lastFile }
  }

  /** What followed requests have waited for since then. @param seen as the service's thread says it */
  keepWaits(seen, { startedAt, before }) {
    this.#endStretch()
    if (seen.requests.length === 0) return
    const { hashNames } = this.#options
    const frames = seen.frames.map(frame => ({
      ...frame,
      name: shown(frame.name, hashNames),
      file: shown(frame.file, hashNames),
    }))
    const causes = seen.causes.map(({ kind, peer }) => ({ kind, peer: peer && shown(peer, hashNames) }))
    const about = { kind: 'waits' }
    // Requests that began in this time stand for those that were followed, whether they have ended or not.
    const window = { ...this.#windowOf(about, { startedAt, before }), requests: seen.seen }
    const content = { window, ...seen, frames, causes }
    this.#keep(zip(JSON.stringify(content)), { startedAt }, about, 'json')
  }

  /** @returns the file below the store’s folder; undefined without a store */
  #keep(bytes, { startedAt }, about, type = 'pb') {
    // Captures and waits are for people who look into one process.
    if (about.capture === undefined && type === 'pb') this.#sender?.send(bytes, startedAt)
    if (!this.#store) return undefined
    const group = about.capture === undefined ? FOLDERS[about.kind] : undefined
    const folder = group ? join(group, folderOf(this.#options.version)) : 'captures'
    const time = startedAt.toISOString().replaceAll(':', '-')
    const file = `${time}-${process.pid}-${String(this.#count).padStart(6, '0')}-${about.kind}.${type}.gz`
    const name = join(folder, file)
    this.#store.write(name, bytes)
    return name
  }

  #packed({ profile, startedAt, before, until, type }, about) {
    const window = {
      ...this.#windowOf(about, { startedAt, before, until }),
      ...(type === undefined && { delay: this.#counters.takeDelay(), gc: { pause: collecting(profile) } }),
    }
    const comment = MARK + JSON.stringify(window)
    const frame = { comment, startedAt, duration: window.duration, hashNames: this.#options.hashNames }
    return zip(type === undefined ? encodeTime(profile, frame) : encodeSpace(profile, type, frame))
  }

  #windowOf(about, { startedAt, before, until }) {
    const { service, version } = this.#options
    return {
      ...about,
      service,
      version,
      host: os.hostname(),
      pid: process.pid,
      node: process.versions.node,
      startedAt: startedAt.toISOString(),
      ...this.#counters.since(before, until),
    }
  }
}

module.exports = { Recorder, MARK }
