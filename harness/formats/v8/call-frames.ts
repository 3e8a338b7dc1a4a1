/** V8's call frames → functions of a profile. */
import { type Frame, PairIndex, type ProfileBuilder, position } from '../../profile/index.ts'
import { isObject, type Json } from '../json.ts'

/** The most functions with one place that are remembered. In files without places the search would become long. */
const MOST = 4

/**
 * Makes a function that adds the function of a node. One with the same script and place as an earlier one is most likely
 * the same, and comparing texts is cheaper than looking them up. The script's id alone decides nothing: it differs
 * between launches, and not every writer has one.
 */
export function functionAdder(builder: ProfileBuilder): (node: Json) => number {
  const places = new PairIndex()
  const known: (Frame & { function: number })[][] = []
  return node => {
    const frame = frameOf(node)
    // Old nodes have the fields themselves, 1-based.
    const shift = frame === node ? 0 : 1
    const name = typeof frame.functionName === 'string' ? frame.functionName : ''
    const file = typeof frame.url === 'string' ? frame.url : ''
    const line = position(frame.lineNumber, shift)
    const column = position(frame.columnNumber, shift)
    const place = places.add(Number(frame.scriptId) | 0, Math.imul(line, 8191) ^ column)
    known[place] ??= []
    const candidates = known[place]
    for (const seen of candidates)
      if (seen.line === line && seen.column === column && seen.name === name && seen.file === file)
        return seen.function
    const added = builder.function(name, file, line, column)
    if (candidates.length < MOST) candidates.push({ name, file, line, column, function: added })
    return added
  }
}

/** Today's nodes have a `callFrame` with 0-based positions. */
const frameOf = (node: Json): Json => (isObject(node.callFrame) ? node.callFrame : node)

export const isRoot = (node: Json): boolean => frameOf(node).functionName === '(root)'
