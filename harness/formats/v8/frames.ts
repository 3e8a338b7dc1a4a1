/** From V8's call frames to functions of a profile. */
import type { ProfileBuilder } from '../../profile/build.ts'
import { PairIndex } from '../../profile/pair-index.ts'
import { isObject, type Json } from './tree.ts'

/**
 * Adds functions; that of the same script and place is most likely the same, and comparing two texts is cheaper
 * than looking both up. The script's id decides nothing: it differs from launch to launch.
 */
export class FrameReader {
  readonly #builder: ProfileBuilder
  readonly #places = new PairIndex()
  readonly #known: { name: string; file: string; line: number; column: number; function: number }[] = []

  constructor(builder: ProfileBuilder) {
    this.#builder = builder
  }

  function(node: Json): number {
    const frame = frameOf(node)
    // Those of old have the fields themselves, 1-based.
    const shift = frame === node ? 0 : 1
    const name = typeof frame.functionName === 'string' ? frame.functionName : ''
    const file = typeof frame.url === 'string' ? frame.url : ''
    const line = position(frame.lineNumber, shift)
    const column = position(frame.columnNumber, shift)
    const guess = this.#places.add(Number(frame.scriptId) | 0, Math.imul(line, 8191) ^ column)
    const seen = this.#known[guess]
    if (seen && seen.line === line && seen.column === column && seen.name === name && seen.file === file)
      return seen.function
    const added = this.#builder.function(name, file, line, column)
    this.#known[guess] = { name, file, line, column, function: added }
    return added
  }
}

/** Today's nodes have a `callFrame` with 0-based positions. */
const frameOf = (node: Json): Json => (isObject(node.callFrame) ? node.callFrame : node)

export const isRoot = (node: Json): boolean => frameOf(node).functionName === '(root)'

/** 1-based; 0 for −1, for nothing and for nonsense. */
export function position(value: unknown, shift: number): number {
  const at = typeof value === 'number' && Number.isInteger(value) ? value + shift : 0
  return at > 0 && at < 2 ** 26 ? at : 0
}
