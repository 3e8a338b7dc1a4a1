/** What an expression of a script means, as far as it can be known without running it. */
import type {
  AnyNode,
  AssignmentExpression,
  BinaryExpression,
  CallExpression,
  ConditionalExpression,
  LogicalExpression,
  MemberExpression,
  Node,
  ObjectExpression,
  Pattern,
  TemplateLiteral,
  UnaryExpression,
} from 'acorn'
import { standIn, standInsIn } from '../stand-in.ts'
import { Answer, Body, type Captures, Part, partOf } from './answers.ts'
import { NotLiteral, type Scope } from './scope.ts'

export interface Context {
  scope: Scope
  captures: Captures
  /** Says that the first of several values is taken. */
  first(node: Node): void
  /** What a call means; this is where requests are made. */
  call(node: CallExpression, context: Context): unknown
}

/** @throws NotLiteral when it is known only while the script runs */
export function evaluate(node: AnyNode, context: Context): unknown {
  switch (node.type) {
    case 'Literal':
      if (node.regex || typeof node.value === 'bigint') throw new NotLiteral(node)
      return node.value
    case 'Identifier':
      return context.scope.valueOf(node)
    case 'TemplateLiteral':
      return template(node, context)
    case 'TaggedTemplateExpression':
      // `http.url` only gives addresses a common name in reports.
      if (nameOf(node.tag) !== 'url') throw new NotLiteral(node)
      return template(node.quasi, context)
    case 'ObjectExpression':
      return object(node, context)
    case 'ArrayExpression':
      return node.elements.flatMap(element => {
        if (element?.type !== 'SpreadElement') return [element && evaluate(element, context)]
        const all = evaluate(element.argument, context)
        if (!Array.isArray(all)) throw new NotLiteral(element)
        return all
      })
    case 'BinaryExpression':
      return binary(node, context)
    case 'LogicalExpression':
      return logical(node, context)
    case 'ConditionalExpression':
      return conditional(node, context)
    case 'UnaryExpression':
      return unary(node, context)
    case 'MemberExpression':
      return member(node, context)
    case 'AssignmentExpression':
      return assignment(node, context)
    case 'UpdateExpression':
      if (node.argument.type === 'Identifier') context.scope.assign(node.argument.name, new NotLiteral(node))
      throw new NotLiteral(node)
    case 'SequenceExpression':
      return node.expressions.map(each => known(each, context)).at(-1)
    case 'ChainExpression':
      return evaluate(node.expression, context)
    case 'AwaitExpression':
      return evaluate(node.argument, context)
    case 'CallExpression':
      return context.call(node, context)
    default:
      throw new NotLiteral(node)
  }
}

/** The value, or the error that says why it is not known. */
export function known(node: AnyNode, context: Context): unknown {
  try {
    return evaluate(node, context)
  } catch (error) {
    if (error instanceof NotLiteral) return error
    throw error
  }
}

/** The last name of `get` or `http.get`. */
export function nameOf(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  return node.property.type === 'Identifier' ? node.property.name : undefined
}

/** A value as a part of a text. */
export function textOf(value: unknown, node: Node, { captures }: Pick<Context, 'captures'>): string {
  if (value instanceof Part) return captures.take(value, node)
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value)
  throw new NotLiteral(node)
}

/** A value as JSON can hold it. */
export function plain(value: unknown, node: Node, context: Pick<Context, 'captures'>): unknown {
  if (value instanceof Part) return context.captures.take(value, node)
  if (value instanceof Answer || value instanceof Body || value instanceof Error) throw new NotLiteral(node)
  if (Array.isArray(value)) return value.map(each => plain(each, node, context))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, node, context)]))
}

/** Binds the names of a declaration or a parameter. */
export function bind(pattern: Pattern, value: unknown, context: Context): void {
  const { scope } = context
  if (pattern.type === 'Identifier') scope.declare(pattern.name, value)
  else if (pattern.type === 'AssignmentPattern') bind(pattern.left, value, context)
  else if (pattern.type === 'RestElement') bind(pattern.argument, new NotLiteral(pattern), context)
  else if (pattern.type === 'ArrayPattern')
    pattern.elements.forEach((element, at) => {
      if (element) bind(element, childOf(value, String(at), element), context)
    })
  else if (pattern.type === 'ObjectPattern')
    for (const property of pattern.properties) {
      if (property.type === 'RestElement') bind(property, value, context)
      else bind(property.value, childOf(value, nameOf(property.key) ?? '', property), context)
    }
}

function childOf(value: unknown, key: string, node: Node): unknown {
  try {
    return property(value, key, node)
  } catch (error) {
    if (error instanceof NotLiteral) return error
    throw error
  }
}

function property(owner: unknown, key: string, node: Node): unknown {
  if (owner instanceof Answer || owner instanceof Part) return partOf(owner, key, node)
  const isPlain = owner !== null && typeof owner === 'object' && !(owner instanceof Error)
  const value = isPlain && Object.hasOwn(owner, key) ? (owner as Record<string, unknown>)[key] : undefined
  if (value === undefined || value instanceof NotLiteral) throw new NotLiteral(node)
  return value
}

function template({ quasis, expressions }: TemplateLiteral, context: Context): string {
  const texts = expressions.map(each => textOf(evaluate(each, context), each, context))
  return quasis.map(({ value }, at) => (value.cooked ?? value.raw) + (texts[at] ?? '')).join('')
}

function object(node: ObjectExpression, context: Context): Record<string, unknown> {
  const entries = node.properties.flatMap((each): [string, unknown][] => {
    if (each.type === 'SpreadElement') {
      const spread = evaluate(each.argument, context)
      if (spread === null || typeof spread !== 'object' || spread instanceof Part) throw new NotLiteral(each)
      return Object.entries(spread)
    }
    const { key } = each
    const name = each.computed || key.type !== 'Identifier' ? evaluate(key, context) : key.name
    return [[textOf(name, key, context), evaluate(each.value, context)]]
  })
  return Object.fromEntries(entries)
}

const isVariable = (value: unknown): value is string => {
  const [found] = typeof value === 'string' ? standInsIn(value) : []
  return found?.from === 'environment' && found.end - found.start === (value as string).length
}

/** The default of a variable of the environment. */
function logical({ operator, left, right }: LogicalExpression, context: Context): unknown {
  const value = evaluate(left, context)
  if (operator === '&&') return isVariable(value) ? '' : value && evaluate(right, context)
  if (!isVariable(value)) {
    const isSet = operator === '||' ? Boolean(value) : value !== null && value !== undefined
    return isSet ? value : evaluate(right, context)
  }
  const otherwise = known(right, context)
  return otherwise instanceof NotLiteral ? value : otherwise
}

function conditional({ test, consequent, alternate }: ConditionalExpression, context: Context): unknown {
  const value = evaluate(test, context)
  if (value instanceof Answer || value instanceof Part) throw new NotLiteral(test)
  return evaluate(value && !isVariable(value) ? consequent : alternate, context)
}

function unary(node: UnaryExpression, context: Context): unknown {
  const value = evaluate(node.argument, context)
  if (node.operator === '!') return !value || isVariable(value)
  const number = Number(value)
  if (!['+', '-'].includes(node.operator) || Number.isNaN(number)) throw new NotLiteral(node)
  return node.operator === '-' ? -number : number
}

const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

function binary(node: BinaryExpression, context: Context): unknown {
  const { operator, left, right } = node
  const [a, b] = [evaluate(left, context), evaluate(right, context)]
  const isText = [a, b].some(value => typeof value === 'string' || value instanceof Part)
  if (operator === '+' && isText) return textOf(a, left, context) + textOf(b, right, context)
  if ([a, b].some(value => value instanceof Object)) throw new NotLiteral(node)
  if (operator === '===' || operator === '==') return a === b
  if (operator === '!==' || operator === '!=') return a !== b
  const compute = ARITHMETIC[operator]
  if (!compute || typeof a !== 'number' || typeof b !== 'number') throw new NotLiteral(node)
  return compute(a, b)
}

function member(node: MemberExpression, context: Context): unknown {
  const index = node.computed ? known(node.property, context) : undefined
  if (index instanceof NotLiteral) {
    // A list from which each run of the script takes another value.
    const list = evaluate(node.object, context)
    const [item] = Array.isArray(list) ? list : []
    if (item === undefined || item instanceof NotLiteral) throw index
    context.first(node)
    return item
  }
  const key = node.computed ? textOf(index, node.property, context) : nameOf(node)
  if (key === undefined) throw new NotLiteral(node)
  if (node.object.type === 'Identifier' && node.object.name === '__ENV') {
    if (/^\w+$/.test(key)) return standIn('environment', key)
    throw new NotLiteral(node)
  }
  return property(evaluate(node.object, context), key, node)
}

function assignment(node: AssignmentExpression, context: Context): unknown {
  const value = known(node.right, context)
  const now = node.operator === '=' ? value : new NotLiteral(node)
  if (node.left.type === 'Identifier') context.scope.assign(node.left.name, now)
  if (now instanceof NotLiteral) throw now
  return now
}
