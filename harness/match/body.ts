/** The bodies of the functions in a program, and how much two of them have in common. */
import { createHash } from 'node:crypto'
import { parse, type Token } from 'acorn'
import type { Body } from '../model/record.ts'

/** Tokens that belong together in a sketch. With fewer, all functions look alike; with more, one edit changes too much. */
const RUN = 3
/** Hashes of a sketch: likeness is known to about one part in ten. */
const SKETCH = 16
const LETTERS = 4

interface FunctionText {
  start: number
  /** Where the body begins, and the function ends. */
  body: number
  end: number
  /** Start of the parameters. */
  parameters: number
  isExpression: boolean
  isArrow: boolean
}

/** The bodies in a program. */
export interface Bodies {
  /** Finds the body of the function at a place (from 1), and the line that the function ends in. */
  at(line: number, column: number): (Body & { lastLine: number }) | undefined
  /** Marks of all of them, one after the other: they tell what is in a program without keeping it. */
  marks(): string
}

export const marksIn = (marks = ''): Set<string> => new Set(marks.match(/.{4}/g))

export const markOf = ({ hash }: Body): string => hash.slice(0, LETTERS)

/** @throws SyntaxError when the text is not JavaScript */
export function bodiesIn(text: string): Bodies {
  const tokens: Token[] = []
  const program = parse(text, {
    ecmaVersion: 'latest',
    sourceType: /^\s*(import|export)\b/m.test(text) ? 'module' : 'script',
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    onToken: tokens,
  })
  const functions = functionsIn(program)
  const lines = lineStarts(text)
  return {
    at: (line, column) => {
      // The code of a module begins where its file does, and is not the function that may stand there.
      if (line === 1 && column === 1 && !startsWithArrow(functions)) return undefined
      const offset = (lines[line - 1] ?? Number.NaN) + Math.max(0, column - 1)
      const found =
        functions.findLast(({ start, body }) => start <= offset && offset <= body) ??
        onlyOne(
          functions.filter(({ start }) => lines[line - 1]! <= start && start < (lines[line] ?? text.length)),
        )
      if (!found) return undefined
      const lastLine = lines.findLastIndex(start => start < found.end) + 1
      return { ...bodyOf(found, text, tokens), lastLine }
    },
    marks: () => [...new Set(functions.map(it => markOf(bodyOf(it, text, tokens))))].join(''),
  }
}

/** Jaccard similarity (0–1) of the runs of tokens. Source of the estimate: A. Z. Broder (1997), Compression and Complexity of Sequences. */
export function likeness(a: Body, b: Body): number {
  if (a.hash === b.hash) return 1
  const [one, other] = [hashesOf(a), hashesOf(b)]
  const least = [...one.union(other)].toSorted().slice(0, SKETCH)
  return least.filter(hash => one.has(hash) && other.has(hash)).length / Math.max(1, least.length)
}

const hashesOf = ({ sketch }: Body): Set<string> => marksIn(sketch)

const startsWithArrow = ([first]: FunctionText[]): boolean => first?.start === 0 && first.isArrow

const onlyOne = <T>(values: T[]): T | undefined => (values.length === 1 ? values[0] : undefined)

/** In the order of their starts, so that the last one around a place is the innermost. */
function functionsIn(program: object): FunctionText[] {
  const found: FunctionText[] = []
  const open: unknown[] = [program]
  while (open.length > 0) {
    const node = open.pop()
    if (Array.isArray(node)) open.push(...node)
    else if (typeof node === 'object' && node !== null && 'type' in node) {
      if (isFunction(node)) found.push(textOf(node))
      open.push(...Object.values(node))
    }
  }
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end)
}

interface FunctionNode {
  type: string
  start: number
  end: number
  id?: { end: number } | null
  params: { start: number }[]
  body: { type: string; start: number; end: number }
}

export const isFunction = (node: object): node is FunctionNode =>
  'type' in node && typeof node.type === 'string' && /Function/.test(node.type) && 'params' in node

const textOf = ({ type, start, end, id, params, body }: FunctionNode): FunctionText => ({
  start,
  end,
  body: body.start,
  parameters: params[0]?.start ?? id?.end ?? body.start,
  isExpression: body.type !== 'BlockStatement',
  isArrow: type === 'ArrowFunctionExpression',
})

function bodyOf({ parameters, body, end, isExpression }: FunctionText, text: string, all: Token[]): Body {
  const within = (from: number, to: number) =>
    all
      .slice(firstFrom(all, from), firstFrom(all, to))
      .map(token => text.slice(token.start, token.end))
      .filter(word => word !== ';')
  // An arrow function, a function and a method with the same body are the same.
  const head = within(parameters, body).filter(
    word => !['=>', '(', ')', 'async', 'function', 'get', 'set'].includes(word),
  )
  const rest = within(body, end)
  const words = [...head, ...(isExpression ? ['{', 'return', ...rest, '}'] : rest)]
  const runs = words.map((_, at) => hashOf(words.slice(at, at + RUN).join(' ')))
  return {
    hash: createHash('sha256').update(words.join('\n')).digest('base64url').slice(0, 12),
    size: words.length,
    sketch: [...new Set(runs.map(inLetters))].toSorted().slice(0, SKETCH).join(''),
  }
}

/** Index of the first token that starts at an offset or after it. Programs are large, and most functions are small. */
function firstFrom(tokens: Token[], offset: number): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (tokens[middle]!.start < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** FNV-1a, 32 bits. Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm", IETF draft. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

const inLetters = (hash: number): string => (hash % 36 ** LETTERS).toString(36).padStart(LETTERS, '0')

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
