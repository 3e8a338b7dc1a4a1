/** The functions of a program: where V8 says they begin and what it calls them, and their text. */
import { parse, type Token } from 'acorn'
import { type Frame, plainPath } from '../../harness/profile/index.ts'

export interface Listed extends Frame {
  /** Its tokens from the parameters on, one a line; empty for a function that V8 made, such as that of a module. */
  text: string
  /** Number of tokens. */
  size: number
  /** The names of what it calls itself, without the functions inside it. */
  calls: string[]
  /** Index of the function around it, −1 for none. */
  around: number
}

/** The functions in a log that V8 wrote with `--log-code`, each once, by file. */
export function placesIn(log: string): Map<string, Frame[]> {
  const found = new Map<string, Frame>()
  for (const line of log.split('\n')) {
    const [, text] = /^code-creation,(?:JS|Script|Eval),\d+,\d+,\w+,\d+,([^,]*),/.exec(line) ?? []
    const place = /^(.*?) ?((?:file:\/\/)?\/.*):(\d+):(\d+)$/.exec(text?.replaceAll('\\x2C', ',') ?? '')
    if (!place) continue
    const frame = { name: place[1]!, file: plainPath(place[2]!), line: +place[3]!, column: +place[4]! }
    const key = `${frame.file}:${frame.line}:${frame.column}`
    if (!found.has(key)) found.set(key, frame)
  }
  return Map.groupBy(found.values(), ({ file }) => file)
}

/** A node of the syntax tree that is a function. */
interface FunctionNode {
  type: string
  start: number
  end: number
  body: { start: number }
  calls: string[]
}

/** @throws SyntaxError when the text is not JavaScript */
export function listFunctions(program: string, places: Frame[]): Listed[] {
  const { tree, tokens } = parsed(program)
  const outermost: FunctionNode = {
    type: 'Program',
    start: -1,
    end: program.length,
    body: { start: -1 },
    calls: [],
  }
  const nodes: FunctionNode[] = []
  visit(tree, outermost, nodes)
  const starts = [0, ...Array.from(program.matchAll(/\n/g), ({ index }) => index + 1)]
  const offsets = places.map(({ line, column }) => starts[line - 1]! + column - 1)
  // V8 says where the parameters begin, which only an arrow function can write without parentheses.
  const isAt = ({ type, start, body }: FunctionNode, offset: number) =>
    start <= offset && offset <= body.start && (type === 'ArrowFunctionExpression' || program[offset] === '(')
  const own = offsets.map(offset => nodes.filter(node => isAt(node, offset)).toSorted(bySize)[0] ?? outermost)
  return places.map((place, at) => {
    const node = own[at]!
    const words = node === outermost ? [] : wordsOf(program, tokens, offsets[at]!, node.end)
    const outer = nodes.filter(it => it.start < node.start && it.end >= node.end).toSorted(bySize)
    const around = node === outermost ? -1 : own.indexOf(outer[0] ?? outermost)
    return { ...place, text: words.join('\n'), size: words.length, calls: node.calls, around }
  })
}

/** Nothing in a text says for certain whether it is a module. */
function parsed(program: string): { tree: object; tokens: Token[] } {
  const as = (sourceType: 'module' | 'script') => {
    const onToken: Token[] = []
    const options = { ecmaVersion: 'latest' as const, allowHashBang: true, allowReturnOutsideFunction: true }
    return { tree: parse(program, { ...options, sourceType, onToken }), tokens: onToken }
  }
  try {
    return as('script')
  } catch {
    return as('module')
  }
}

const bySize = (a: FunctionNode, b: FunctionNode) => a.end - a.start - (b.end - b.start)

const wordsOf = (program: string, tokens: Token[], from: number, to: number): string[] =>
  tokens
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end }) => program.slice(start, end))

/** Collects the functions below a node, and what each of them calls. */
function visit(node: unknown, within: FunctionNode, found: FunctionNode[]): void {
  if (Array.isArray(node)) for (const it of node) visit(it, within, found)
  else if (typeof node === 'object' && node !== null && 'type' in node) {
    const inner = asFunction(node)
    if (inner) found.push(inner)
    const called = calledBy(node)
    if (called !== undefined) within.calls.push(called)
    for (const child of Object.values(node)) visit(child, inner ?? within, found)
  }
}

const asFunction = (node: object): FunctionNode | undefined =>
  'params' in node ? { ...(node as object as FunctionNode), calls: [] } : undefined

/** `send` in `send()`, `this.send()` and `new send()`. */
function calledBy(node: object): string | undefined {
  if (!('callee' in node)) return undefined
  const { name, property } = node.callee as { name?: string; property?: { name?: string } }
  return name ?? property?.name
}
