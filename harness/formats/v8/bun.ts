/** CPU profiles of Bun before 1.4: they have V8's shape, but say otherwise where a function is. */
import { isObject, type Json } from './tree.ts'

/** Microseconds since 1970. V8 counts from when the machine was started. */
const SOME_DAY_IN_2001 = 1e15

/** Later versions say where a function begins, and count the sampled lines beside it. */
export const isOldBun = ({ startTime, nodes }: Json): boolean =>
  typeof startTime === 'number' &&
  startTime > SOME_DAY_IN_2001 &&
  Array.isArray(nodes) &&
  !nodes.some(node => isObject(node) && node.positionTicks !== undefined)

/**
 * A function had one node for each place that was running in it or calling from it. As nodes of V8 they have the
 * function alone, and the line (1-based already) beside it: functions of one name in one file cannot be told apart.
 * Anonymous ones have nothing but their line.
 */
export function asV8Node(node: unknown): unknown {
  if (!isObject(node) || !isObject(node.callFrame)) return node
  const { callFrame, hitCount } = node
  const line = Number(callFrame.lineNumber)
  const lineNumber = callFrame.functionName === '' && callFrame.url !== '' ? line - 1 : -1
  return {
    ...node,
    callFrame: { ...callFrame, lineNumber, columnNumber: -1 },
    positionTicks: [{ line, ticks: hitCount }],
  }
}
