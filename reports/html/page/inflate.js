/** Reads what is embedded in the page: base64 of gzip. */
import { namedFrame } from './tree.js'

export async function inflate(text) {
  const packed = unbase64(text.trim())
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export function unbase64(text) {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** The columns of a flame, as the report packed them. */
export function unpackFlame(bytes) {
  const headerLength = new DataView(bytes.buffer).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)))
  const n = header.nodes
  const column = index => joinPlanes(bytes, 4 + headerLength + index * n * 4, n)
  const floats = index => new Float32Array(column(index).buffer)
  const sources = header.sources ?? {}
  const parent = Int32Array.from(column(0), (distance, i) => i - distance)
  const frames = header.frames.map(([name, file, line, category, match, owner, low, high, p], i) => ({
    name,
    file: header.files[file],
    line,
    category,
    match,
    owner,
    low: low ?? Number.NaN,
    high: high ?? Number.NaN,
    p: p ?? Number.NaN,
    source: unpackSource(sources[i]),
  }))
  const owners = header.owners ?? [['Node', 'node']]
  return underOneRoot({
    owners: owners.map(([name, category, low, high]) => ({ ...namedFrame(name), category, low, high })),
    unit: header.unit,
    per: header.per,
    requests: header.requests ?? null,
    moments: unpackMoments(header.moments, bytes, 4 + headerLength + 6 * n * 4),
    frames,
    parent,
    frame: column(1),
    before: floats(2),
    after: floats(3),
    low: floats(4),
    high: floats(5),
  })
}

function unpackSource(source) {
  if (!source) return null
  const side = (line, self) => (line === null ? null : { line, self })
  const rows = source.rows.map(([text, wasAt, was, isAt, is]) => ({
    text,
    before: side(wasAt, was),
    after: side(isAt, is),
  }))
  return { rows, rest: source.rest }
}

/** When the flame was sampled, as columns; null if that is not known. */
function unpackMoments(known, bytes, start) {
  if (!known) return null
  const n = known.entries
  const column = index => joinPlanes(bytes, start + index * n * 4, n)
  let last = 0
  // Distances can be negative: 32 bits wrap around and back.
  const node = Int32Array.from(column(0), distance => {
    last = (last + distance) | 0
    return last
  })
  const floats = index => new Float32Array(column(index).buffer)
  return { ...known, node, at: column(1), before: floats(2), after: floats(3) }
}

/** Several outermost frames get a common caller, so that there is something to come back to. */
function underOneRoot(source) {
  if (source.parent.filter(parent => parent < 0).length < 2) return source
  const behind = (column, first) => {
    const longer = new column.constructor(column.length + 1)
    longer[0] = first
    longer.set(column, 1)
    return longer
  }
  return {
    ...source,
    moments: source.moments && { ...source.moments, node: source.moments.node.map(node => node + 1) },
    frames: [...source.frames, namedFrame('(all)')],
    parent: behind(
      source.parent.map(parent => parent + 1),
      -1,
    ),
    frame: behind(source.frame, source.frames.length),
    before: behind(source.before, 0),
    after: behind(source.after, 0),
    low: behind(source.low, NaN),
    high: behind(source.high, NaN),
  }
}

function joinPlanes(bytes, start, n) {
  const joined = new Uint32Array(n)
  for (let plane = 0; plane < 4; plane++) {
    const from = start + plane * n
    const shift = plane * 8
    for (let i = 0; i < n; i++) joined[i] |= bytes[from + i] << shift
  }
  return joined
}
