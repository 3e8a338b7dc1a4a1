/**
 * Whether this thread ran in a stretch of time, or slept, or neither. It is looked at as seldom as possible, because a look takes longer
 * than most code runs.
 */

/** Milliseconds in which nothing is worth a look: the thread counts as having run. */
const SHORT = 0.2

/** Milliseconds on the processor, and how often threads of this process have gone to sleep; undefined where Node does not tell. */
function look() {
  if (process.threadCpuUsage === undefined) return undefined
  const { user, system } = process.threadCpuUsage()
  return { cpu: (user + system) / 1e3, sleeps: process.resourceUsage().voluntaryContextSwitches }
}

let [turn, first] = [-1, { at: 0, seen: undefined }]

/** @param began when the loop's turn began: there is one look for each turn */
function atStart(began, now) {
  if (began !== turn) {
    turn = began
    first = { at: now, seen: look() }
  }
  return first
}

/**
 * @returns `cpu`: ms that the thread ran between `from` and `to`, if it ran as much as since the start of the turn; `slept`: whether it can
 * have slept otherwise. Without sleep, something else had its processor.
 */
function used({ at, seen }, from, to) {
  if (seen === undefined) return { cpu: undefined, slept: false }
  const length = to - at
  if (length < SHORT) return { cpu: to - from, slept: false }
  const { cpu, sleeps } = look()
  return { cpu: Math.min(1, (cpu - seen.cpu) / length) * (to - from), slept: sleeps > seen.sleeps }
}

module.exports = { atStart, used }
