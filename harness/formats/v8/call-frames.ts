/** V8's call frames → functions of a profile. */
import { type Frame, PairIndex, type ProfileBuilder, position } from '../../profile/index.ts'
import { isObject, type Json } from '../json.ts'

/** The most functions with one place that are remembered. In files without places the search would become long. */
const MOST = 4

/**
 * Adds functions. One with the same script and place as an earlier one is most likely the same, and comparing texts is
 * cheaper than looking them up. The script's id alone decides nothing: it differs between launches.
 */
export class FrameReader {
  readonly #builder: ProfileBuilder
  readonly #places = new PairIndex()
  readonly #known: (Frame & { function: number })[][] = []

  constructor(builder: ProfileBuilder) {
    this.#builder = builder
  }

  function(node: Json): number {
    const frame = frameOf(node)
    // Old nodes have the fields themselves, 1-based.
    const shift = frame === node ? 0 : 1
    const name = typeof frame.functionName === 'string' ? frame.functionName : ''
    const file = typeof frame.url === 'string' ? frame.url : ''
    const line = position(frame.lineNumber, shift)
    const column = position(frame.columnNumber, shift)
    const place = this.#places.add(Number(frame.scriptId) | 0, Math.imul(line, 8191) ^ column)
    this.#known[place] ??= []
    const known = this.#known[place]
    for (const seen of known)
      if (seen.line === line && seen.column === column && seen.name === name && seen.file === file)
        return seen.function
    const added = this.#builder.function(name, file, line, column)
    if (known.length < MOST) known.push({ name, file, line, column, function: added })
    return added
  }
}

/** Today's nodes have a `callFrame` with 0-based positions. */
const frameOf = (node: Json): Json => (isObject(node.callFrame) ? node.callFrame : node)

export const isRoot = (node: Json): boolean => frameOf(node).functionName === '(root)'
