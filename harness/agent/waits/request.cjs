/** A request that is followed, with all that it has started and waited for. */
const { executionAsyncId } = require('node:async_hooks')
const { TICKS } = require('./causes.cjs')
const { atStart, used } = require('./processor-time.cjs')
const { Stacks } = require('./stacks.cjs')

/** Resources of one request and of all that are followed at a time, and steps of a request's way. */
const MOST_WAITS = 10_000
const MOST_IN_ALL = 200_000
const MOST_STEPS = 2_000

/** Causes that stand for work on the loop. The others are indices of the watch's table. */
const OWN = -1
const LOOP = -2

class FollowedRequest {
  #watch
  #waits = []
  /** Every stretch in which it ran: `{ id, from, to, cpu }`, in ms. */
  #runs = []
  #way = []
  #awaits = new Set()
  cut = false

  /** @param root id of the execution that it began in; `turn`: of the loop */
  constructor(watch, root, now, { from, busy }) {
    this.#watch = watch
    this.root = root
    this.from = now
    this.busy = busy
    this.#runs.push({ id: root, from: now, to: undefined, start: atStart(from, now), busy, watched: 0 })
  }

  /** Something was created in its context. */
  starts(id, type, trigger, resource) {
    if (this.#waits.length >= MOST_WAITS || this.#watch.waits.size >= MOST_IN_ALL) {
      this.cut = true
      return
    }
    const by = executionAsyncId()
    // A promise that hangs on another one is what `await` and `then` make.
    const isChained = type === 'PROMISE' && trigger !== by
    const wait = { id, type, by, begun: performance.now(), request: this, stack: undefined, runs: [] }
    if (isChained) {
      const awaited = this.#watch.awaited.get(trigger) ?? { users: 0, at: undefined }
      this.#watch.awaited.set(trigger, awaited)
      wait.awaits = awaited
      if (!this.#awaits.has(trigger)) awaited.users++
      this.#awaits.add(trigger)
    }
    if (isChained || !TICKS.has(type)) wait.stack = Stacks.hold()
    wait.resource = TICKS.has(type) ? undefined : resource
    this.#waits.push(id)
    this.#watch.waits.set(id, wait)
    const run = this.#runs.at(-1)
    if (run && run.to === undefined) run.watched += performance.now() - wait.begun
  }

  /** One of its continuations begins. `began`: when a thread of the pool took the work up. */
  resumes(wait, now, turn, began) {
    if (wait.resource) wait.cause = this.#watch.cause(wait.resource, wait.type)
    const run = {
      id: wait.id,
      from: now,
      to: undefined,
      start: atStart(turn.from, now),
      busy: turn.busy,
      began,
      watched: 0,
    }
    wait.runs.push(run)
    this.#runs.push(run)
  }

  suspends(id, now) {
    const run = this.#runs.findLast(run => run.id === id && run.to === undefined)
    if (run) finish(run, now)
  }

  /** @param last what the loop had called when it ended outside of its own context */
  end(id, now, last) {
    this.to = now
    for (const run of this.#runs) {
      if (run.to === undefined) finish(run, now)
    }
    this.#goBack(id, now, last)
  }

  /** From its end to its beginning. */
  #goBack(id, now, { outside, from }) {
    let [at, until] = [id, now]
    if (outside !== undefined && id !== this.root) {
      // Its answer was sent in somebody else's context, so nothing says what started it.
      this.#pass(OWN, [], from, until)
      const before = this.#runs.findLast(run => run.from < from)
      this.#pass(outside, [], before?.to ?? this.from, from)
      if (!before) return
      ;[at, until] = [before.id, Math.min(before.to, from)]
    }
    // Waits of its code for what the current one is a part of, outermost first.
    let around = []
    for (let step = 0; step < MOST_STEPS; step++) {
      around = around.filter(({ begun }) => begun < until)
      const wait = this.#watch.waits.get(at)
      const run = (wait?.runs ?? this.#runs.filter(({ id }) => id === at)).findLast(
        ({ from }) => from <= until,
      )
      if (!run) return
      this.#pass(OWN, [], run.from, until)
      if (!wait) return
      const { awaits } = wait
      // Inside Node, stacks of continuations lack the code that waits for them.
      const stack = [wait, ...around.toReversed()].flatMap(({ stack }) => stack ?? [])
      if (awaits?.at !== undefined && awaits.at >= wait.begun && awaits.at <= run.from) {
        this.#pass(LOOP, [], awaits.at, run.from)
        if (this.#isOwn(awaits)) {
          around.push(wait)
          ;[at, until] = [awaits.by, awaits.at]
          continue
        }
        this.#pass(this.#causeOf(awaits), stack, wait.begun, awaits.at, awaits.busy)
      } else if (wait.cause === undefined) this.#pass(LOOP, [], wait.begun, run.from)
      else {
        const earlier = wait.runs.findLast(({ from }) => from < run.from)
        this.#pass(wait.cause, stack, earlier?.to ?? wait.begun, run.from, run.busy, run.began)
        if (earlier) {
          until = earlier.to
          continue
        }
      }
      ;[at, until] = [wait.by, wait.begun]
    }
    this.cut = true
  }

  #causeOf({ mark, wasEnded, cause }) {
    const isAnother = mark !== undefined && !wasEnded && mark.followed !== this
    return isAnother ? this.#watch.anotherRequest : cause
  }

  /** Whether a continuation of this request resolved the promise. */
  #isOwn({ by, at }) {
    if (this.#watch.waits.get(by)?.request === this) return true
    return by === this.root && at <= this.#runs[0].to
  }

  /** @param stack the stacks that it can have, the best one first */
  #pass(cause, stack, from, to, busy = to, began = from) {
    if (to > from) this.#way.push({ cause, stack, from, to, busy, began })
  }

  /** It is over: nothing about it is looked up any more. */
  forget() {
    for (const id of this.#waits) this.#watch.waits.delete(id)
    for (const id of this.#awaits) {
      const awaited = this.#watch.awaited.get(id)
      if (awaited && --awaited.users === 0) this.#watch.awaited.delete(id)
    }
    this.#waits = []
  }

  /** Plain data, times in ms. */
  result(stacks) {
    const { from, to, busy, delay, cut } = this
    const way = this.#way.map(step => ({ ...step, stack: stacks.indexOf(step.stack) }))
    const columns = (rows, names) =>
      Object.fromEntries(names.map(name => [name, rows.map(row => row[name] ?? null)]))
    return {
      from,
      to,
      busy,
      delay,
      cut,
      way: columns(way, ['cause', 'stack', 'from', 'to', 'busy', 'began']),
      runs: columns(this.#runs, ['from', 'to', 'cpu', 'slept', 'watched']),
    }
  }
}

function finish(run, now) {
  run.to = now
  Object.assign(run, used(run.start, run.from, now))
}

module.exports = { FollowedRequest }
