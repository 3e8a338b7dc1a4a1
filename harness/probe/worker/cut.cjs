const { stretchesOf } = require('./stretches.cjs')

/**
 * The samples of a V8 profile in some stretches of the clock (µs). A sample stands for the time until the next one, so one that was taken
 * before a stretch reaches into it.
 */
function cut(profile, stretches) {
  const samples = []
  const timeDeltas = []
  const kept = joined(stretches)
  const startTime = Math.max(profile.startTime, kept[0]?.from ?? profile.startTime)
  // Times are kept by leaving out what lies between two stretches.
  let length = 0
  let last = 0
  for (const { from, to, sample } of stretchesOf(profile)) {
    const inside = kept.reduce(
      (sum, part) => sum + Math.max(0, Math.min(to, part.to) - Math.max(from, part.from)),
      0,
    )
    if (inside === 0) continue
    samples.push(sample)
    timeDeltas.push(length - last)
    last = length
    length += inside
  }
  return { ...profile, samples, timeDeltas, startTime, endTime: startTime + length, isCut: true }
}

/** In order, and without overlaps: requests that are slow at the same time are slow once. */
function joined(stretches) {
  const result = []
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else result.push({ from, to })
  }
  return result
}

module.exports = { cut }
