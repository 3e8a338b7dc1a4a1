/** A flame as a file of speedscope (https://www.speedscope.app), both sides as profiles of their own. */
const UNITS = { ns: 'nanoseconds', µs: 'microseconds', ms: 'milliseconds', s: 'seconds', bytes: 'bytes' }

export function toSpeedscope(tree, title) {
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'flamegate',
    name: title,
    shared: {
      frames: tree.frames.map(({ name, file, line }) => ({
        name,
        ...(file && { file }),
        ...(line > 0 && { line }),
      })),
    },
    profiles: ['before', 'after'].map(side => profileOf(tree, side)),
  }
}

function profileOf(tree, side) {
  const samples = []
  const weights = []
  for (let i = 0; i < tree.length; i++) {
    if (!(tree[side][i] > 0)) continue
    const stack = []
    for (let at = i; at >= 0; at = tree.parent[at]) stack.push(tree.frame[at])
    samples.push(stack.reverse())
    weights.push(tree[side][i])
  }
  const endValue = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    type: 'sampled',
    name: side,
    unit: UNITS[tree.unit] ?? 'none',
    startValue: 0,
    endValue,
    samples,
    weights,
  }
}
