/** Processor time of this thread. It is read as seldom as possible, because a reading takes longer than most code runs. */

/** Milliseconds in which nothing is worth a reading: the thread counts as having run. */
const SHORT = 0.2

/** Milliseconds; undefined where Node does not tell. */
function read() {
  if (process.threadCpuUsage === undefined) return undefined
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e3
}

let [turn, first] = [-1, { at: 0, cpu: undefined }]

/** @param began when the loop's turn began: there is one reading for each turn */
function atStart(began, now) {
  if (began !== turn) {
    turn = began
    first = { at: now, cpu: read() }
  }
  return first
}

/** Milliseconds that the thread ran between `from` and `to`, if it ran as much as since the start of the turn. */
function used({ at, cpu }, from, to) {
  if (cpu === undefined) return undefined
  const length = to - at
  return length < SHORT ? to - from : Math.min(1, (read() - cpu) / length) * (to - from)
}

module.exports = { atStart, used }
