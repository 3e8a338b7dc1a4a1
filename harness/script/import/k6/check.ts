/** `check(res, { 'is fine': r => r.status === 200 })` as what is expected of an answer. */
import type { AnyNode } from 'acorn'
import { isStatus, type Notes, type Recorded } from '../recorded.ts'
import { nameOf } from './evaluate.ts'
import { isFunction, type K6Script } from './script.ts'

export function expectAll(
  request: Recorded,
  sets: AnyNode | undefined,
  script: K6Script,
  notes: Notes,
): void {
  if (sets?.type !== 'ObjectExpression') {
    if (sets) notes.say(script.place(sets), `the checks in ${script.shown(sets)} are left out`)
    return
  }
  for (const property of sets.properties) {
    const test = property.type === 'Property' ? returned(property.value) : undefined
    const found = test && expectedBy(test)
    if (found) request.expect = { ...request.expect, ...found }
    else notes.say(script.place(property), `the check ${script.shown(property)} is left out`)
  }
  // Any status from 200 to 299 is expected anyway, and 200 by far the most often.
  if (request.expect?.status !== 200) return
  const { status: _, ...others } = request.expect
  if (Object.keys(others).length > 0) request.expect = others
  else delete request.expect
}

/** What a function with one statement returns. */
function returned(node: AnyNode): AnyNode | undefined {
  if (!isFunction(node)) return undefined
  const { body } = node
  if (body.type !== 'BlockStatement') return body
  const [only, ...others] = body.body
  return only?.type === 'ReturnStatement' && others.length === 0 ? (only.argument ?? undefined) : undefined
}

type Expected = NonNullable<Recorded['expect']>

function expectedBy(test: AnyNode): Expected | undefined {
  if (test.type === 'LogicalExpression') {
    const [left, right] = [expectedBy(test.left), expectedBy(test.right)]
    if (!left || !right) return undefined
    return test.operator === '&&' ? { ...left, ...right } : either(left, right)
  }
  if (test.type === 'BinaryExpression') return compared(test.operator, test.left, test.right)
  return test.type === 'CallExpression' ? included(test.callee, test.arguments[0]) : undefined
}

const either = (left: Expected, right: Expected): Expected | undefined =>
  left.body !== undefined ||
  right.body !== undefined ||
  left.status === undefined ||
  right.status === undefined
    ? undefined
    : { status: [left.status, right.status].flat() }

const literalOf = (node: AnyNode | undefined): unknown => (node?.type === 'Literal' ? node.value : undefined)

function compared(operator: string, left: AnyNode, right: AnyNode): Expected | undefined {
  const [a, b] = left.type === 'Literal' ? [right, left] : [left, right]
  const value = literalOf(b)
  const isEqual = operator === '===' || operator === '=='
  if (isEqual && nameOf(a) === 'status' && isStatus(value)) return { status: value }
  // `r.body.indexOf('text') !== -1`
  const isMinusOne = b.type === 'UnaryExpression' && b.operator === '-' && literalOf(b.argument) === 1
  const isFound = isMinusOne && ['!==', '!=', '>'].includes(operator)
  return isFound && a.type === 'CallExpression' ? included(a.callee, a.arguments[0], 'indexOf') : undefined
}

/** `r.body.includes('text')` or `[200, 201].includes(r.status)` */
function included(callee: AnyNode, argument: AnyNode | undefined, method = 'includes'): Expected | undefined {
  if (nameOf(callee) !== method || callee.type !== 'MemberExpression' || !argument) return undefined
  const text = literalOf(argument)
  if (nameOf(callee.object) === 'body' && typeof text === 'string' && text !== '') return { body: text }
  if (nameOf(argument) !== 'status' || callee.object.type !== 'ArrayExpression') return undefined
  const status = callee.object.elements.map(element => literalOf(element ?? undefined))
  return status.length > 0 && status.every(isStatus) ? { status } : undefined
}
