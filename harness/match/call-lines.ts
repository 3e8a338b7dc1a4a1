/** Where a function calls another one, by its text. */
import { type Node, type Options, parseExpressionAt } from 'acorn'
import { LINE_WIDTH, type SourceLines } from '../model/record.ts'
import { isFunction } from './body.ts'

/**
 * The line of the only call of `name` in a function, from 1; `undefined` where there is none, or several, or where the text
 * is not known to the function's end. Calls in functions inside of it are theirs.
 *
 * @param name as V8 has it, for example `inst.parse`
 */
export function lineOfCall(source: SourceLines, name: string): number | undefined {
  const calls = callsOf(source, name)
  return calls?.length === 1 ? source.from - 1 + calls[0]!.loc!.start.line : undefined
}

/** Whether a function calls `name`, as far as its text is known. */
export const hasCall = (source: SourceLines, name: string): boolean =>
  (callsOf(source, name) ?? []).length > 0

function callsOf({ lines, column = 1 }: SourceLines, name: string): Name[] | undefined {
  const bare = /(?:^|\.)([\p{ID_Start}$_#][\p{ID_Continue}$]*)$/u.exec(name)?.[1]
  const [first = '', ...others] = lines
  const text = [first.slice(column - 1), ...others].join('\n')
  // A longer line was cut, and may have gone on with another call.
  const isWhole = lines.every(line => line.length < LINE_WIDTH)
  return bare !== undefined && isWhole ? callsIn(functionAt(text), bare) : undefined
}

const OPTIONS: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  locations: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
}

/** V8 lets a function begin at its parameters, so what stands before them is tried. */
const HEADS = ['', 'function', 'async function', 'function*', 'async function*']

/** The function that a text begins with; without its end, there is none. */
function functionAt(text: string): Node | undefined {
  for (const head of HEADS)
    try {
      const whole = parseExpressionAt(head + text, 0, OPTIONS)
      // Another argument may follow an arrow function.
      const node = whole.type === 'SequenceExpression' ? whole.expressions[0] : whole
      if (node && isFunction(node)) return node
    } catch {
      // Another head may fit.
    }
  return undefined
}

interface Name {
  type: string
  name: string
  loc: Node['loc']
}

/** The names in calls and constructions of `name`. */
function callsIn(whole: Node | undefined, name: string): Name[] {
  const found: Name[] = []
  const open: unknown[] = [whole]
  while (open.length > 0) {
    const node = open.pop()
    if (Array.isArray(node)) open.push(...node)
    else if (isNode(node) && (node === whole || !isFunction(node))) {
      const called = 'callee' in node ? nameIn(node.callee) : undefined
      if (called?.name === name.replace(/^#/, '')) found.push(called)
      open.push(...Object.values(node))
    }
  }
  return found
}

const isNode = (it: unknown): it is Node => typeof it === 'object' && it !== null && 'type' in it

/** `parse` of `parse(…)` and `lib.parse(…)` */
function nameIn(callee: unknown): Name | undefined {
  if (!isNode(callee)) return undefined
  const last = 'property' in callee ? callee.property : callee
  return isNode(last) && /Identifier$/.test(last.type) ? (last as unknown as Name) : undefined
}
