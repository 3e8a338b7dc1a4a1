/** From when to when each sample of a V8 profile stands for what ran, in µs of the clock. */

/** The most intervals that one sample can stand for. After that the sampler was held up, and what ran is not known. */
const LONGEST = 10

function* stretchesOf({ samples, timeDeltas, startTime, endTime }) {
  const interval = usual(timeDeltas)
  let at = startTime
  for (const [i, sample] of samples.entries()) {
    at += timeDeltas[i]
    const until = i + 1 < samples.length ? at + timeDeltas[i + 1] : endTime
    yield { sample, from: at, to: until - at > LONGEST * interval ? at + interval : Math.max(at, until) }
  }
}

/** Milliseconds in which the service stood still for the garbage collector. */
function collecting(profile) {
  const collector = profile.nodes.find(({ callFrame }) => callFrame.functionName === '(garbage collector)')
  let us = 0
  for (const { sample, from, to } of stretchesOf(profile)) if (sample === collector?.id) us += to - from
  return us / 1e3
}

/** The median of the times between two samples. */
function usual(timeDeltas) {
  const sorted = timeDeltas.filter(delta => delta > 0).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY
}

module.exports = { stretchesOf, collecting }
