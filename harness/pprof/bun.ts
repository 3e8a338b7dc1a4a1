/** CPU profiles of Bun up to 1.3, which look like V8's but have a node for each line of a function that was sampled. */
import { isObject, type Json } from './v8-tree.ts'

/** Functions of JavaScriptCore's module loader: V8 has none of these names. */
const LOADER = /^(?:\(module\)|moduleEvaluation|loadAndEvaluateModule|requestInstantiate|promiseReactionJob)/

const isFromBun = (nodes: Json[]): boolean =>
  nodes.some(({ callFrame }) => isObject(callFrame) && LOADER.test(String(callFrame.functionName))) &&
  !nodes.some(({ positionTicks }) => Array.isArray(positionTicks))

/**
 * Nodes as V8 writes them: one function has one place, that of its first sampled line, and the lines are ticks. Its
 * lines count from 1 where V8's count from 0. Anonymous functions stay apart, since nothing says which lines are of one.
 *
 * @returns the nodes themselves when they are not Bun's
 */
export function joinLines(nodes: Json[]): Json[] {
  if (!isFromBun(nodes)) return nodes
  const first = new Map<string, number>()
  for (const { callFrame } of nodes) {
    const { functionName, url, lineNumber } = (callFrame ?? {}) as Json
    const key = JSON.stringify([functionName, url])
    if (functionName && url) first.set(key, Math.min(first.get(key) ?? Infinity, Number(lineNumber)))
  }
  return nodes.map(node => {
    const { functionName, url, lineNumber, columnNumber } = (node.callFrame ?? {}) as Json
    const line = Number(lineNumber)
    const start = first.get(JSON.stringify([functionName, url]))
    const place =
      start === undefined
        ? { lineNumber: line - 1, columnNumber }
        : { lineNumber: start - 1, columnNumber: -1 }
    const ticks = line > 0 ? [{ line, ticks: node.hitCount }] : []
    return { ...node, callFrame: { functionName, url, scriptId: 0, ...place }, positionTicks: ticks }
  })
}
