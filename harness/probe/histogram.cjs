/** Latencies in µs, counted in buckets: eight for each power of two, so that a bucket is at most an eighth as wide as its values. */

const HALF = 3
/** Up to 2^31 µs, which is 36 minutes. */
const BUCKETS = 232

/** @param us whole or not; what is longer than the last bucket counts there */
function bucketOf(us) {
  const value = Math.max(0, Math.min(2 ** 31 - 1, Math.floor(us)))
  if (value < 8) return value
  const exponent = 31 - Math.clz32(value)
  return (exponent - HALF + 1) * 8 + ((value >> (exponent - HALF)) & 7)
}

/** The least value of a bucket, in µs. */
function lowest(bucket) {
  if (bucket < 8) return bucket
  return (8 + (bucket & 7)) * 2 ** ((bucket >> 3) - 1)
}

/** The value below which this share of the counted ones lies, in µs: the middle of its bucket. Undefined where nothing was counted. */
function quantile(counts, share) {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0)
  if (wanted === 0) return undefined
  let seen = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket]
    if (seen >= wanted) return (lowest(bucket) + lowest(bucket + 1)) / 2
  }
  return lowest(counts.length)
}

module.exports = { bucketOf, lowest, quantile, BUCKETS }
