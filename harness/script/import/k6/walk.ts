/** Follows a script from statement to statement, and makes its requests. */
import type { AnyNode, CallExpression, Node, Statement, VariableDeclaration } from 'acorn'
import { counted } from '../../../words/numbers.ts'
import type { Notes, Recorded } from '../recorded.ts'
import { base64 } from '../request.ts'
import { holdsStandIn } from '../stand-in.ts'
import { Answer, Body, Captures, Part } from './answers.ts'
import { expectAll } from './check.ts'
import { bind, type Context, evaluate, known, nameOf, plain, textOf } from './evaluate.ts'
import { batchAt, requestAt } from './request.ts'
import { NotLiteral, Scope } from './scope.ts'
import { childrenOf, type FunctionNode, isFunction, type K6Script } from './script.ts'

/** Statements that may happen or not, or more than once. */
const UNSURE: Record<string, string> = {
  IfStatement: 'a condition',
  SwitchStatement: 'a condition',
  ForStatement: 'a loop',
  ForOfStatement: 'a loop',
  ForInStatement: 'a loop',
  WhileStatement: 'a loop',
  DoWhileStatement: 'a loop',
}

/** Functions can call themselves, and each other. */
const DEEPEST = 8
const MOST_CALLS = 1_000

export class Walk {
  readonly #script: K6Script
  readonly #notes: Notes
  readonly #global = new Scope()
  readonly #captures = new Captures()
  /** Requests that were made, or whose omission was noted. */
  readonly #done = new Set<Node>()
  #requests: Recorded[] = []
  #returned: unknown
  #sleeps = 0
  #depth = 0
  #calls = 0

  constructor(script: K6Script, notes: Notes) {
    this.#script = script
    this.#notes = notes
    for (const file of script.files) notes.say(script.place(file), `${script.shown(file)} is not read`)
    const changed = assignedIn(script.program, true)
    for (const node of script.program.body) {
      const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node
      if (declared?.type === 'VariableDeclaration') this.#declare(declared, this.#context(this.#global))
    }
    for (const name of changed) this.#global.assign(name, new NotLiteral(script.program))
  }

  /** The value of an expression at the top of the script, or the error that says why it is not known. */
  valueOf(node: AnyNode): unknown {
    return known(node, this.#context(this.#global))
  }

  /** The requests of a function. @param given its argument */
  follow(it: FunctionNode, given?: unknown): { requests: Recorded[]; returned: unknown } {
    this.#requests = []
    this.#returned = undefined
    const context = this.#context(new Scope(this.#global))
    const [parameter] = it.params
    if (parameter) bind(parameter, given ?? new NotLiteral(parameter), context)
    this.#body(it, context)
    return { requests: this.#requests, returned: this.#returned }
  }

  /** Says which requests of the script were never reached. */
  close(): void {
    this.#leave(this.#script.program, 'a function that is not followed')
  }

  #context = (scope: Scope): Context => ({
    scope,
    captures: this.#captures,
    first: this.#first,
    call: this.#call,
  })

  #first = (node: Node): void =>
    this.#notes.say(
      this.#script.place(node),
      `of the values of ${this.#script.shown(node)}, the first is taken`,
    )

  #body({ body }: FunctionNode, context: Context): void {
    if (body.type === 'BlockStatement') this.#all(body.body, context)
    else this.#returned = this.#effects(body, context)
  }

  /** @returns whether the function ends here */
  #all(statements: Statement[], context: Context): boolean {
    return statements.some(statement => this.#statement(statement, context))
  }

  #statement(node: Statement, context: Context): boolean {
    if (UNSURE[node.type]) this.#unsure(node, context)
    else if (node.type === 'VariableDeclaration') this.#declare(node, context)
    else if (node.type === 'ExpressionStatement') this.#effects(node.expression, context)
    else if (node.type === 'BlockStatement') return this.#all(node.body, within(context))
    else if (node.type === 'LabeledStatement') return this.#statement(node.body, context)
    else if (node.type === 'TryStatement') {
      const ends = this.#all(node.block.body, within(context))
      return (node.finalizer && this.#all(node.finalizer.body, within(context))) || ends
    } else if (node.type === 'ReturnStatement') {
      this.#returned = node.argument ? this.#effects(node.argument, context) : undefined
      return true
    }
    return false
  }

  #declare({ declarations }: VariableDeclaration, context: Context): void {
    for (const { id, init } of declarations) bind(id, init ? this.#effects(init, context) : null, context)
  }

  /** Evaluates an expression, and makes those of its requests that stand where they are not understood. */
  #effects(node: AnyNode, context: Context): unknown {
    const value = known(node, context)
    if (value instanceof NotLiteral && !isFunction(node))
      for (const request of this.#script.requestsIn(node, 'no functions'))
        if (!this.#done.has(request)) known(request, context)
    return value
  }

  /** The test of a condition is evaluated, because it can be a `check`. */
  #unsure(node: Statement, context: Context): void {
    if (node.type === 'IfStatement') this.#effects(node.test, context)
    this.#leave(node, UNSURE[node.type]!)
    for (const name of assignedIn(node)) context.scope.assign(name, new NotLiteral(node))
  }

  #leave(node: Node, where: string): void {
    const left = this.#script.requestsIn(node).filter(request => !this.#done.has(request))
    const [first] = left
    if (!first) return
    for (const request of left) this.#done.add(request)
    const lines = [...new Set(left.map(request => request.loc!.start.line))]
    const more = lines.length > 1 ? ` (lines ${lines.join(', ')})` : ''
    const verb = left.length === 1 ? 'is' : 'are'
    this.#notes.say(
      this.#script.place(node === this.#script.program ? first : node),
      `${counted(left.length, 'request')} in ${where} ${verb} left out${more}`,
    )
  }

  #call = (node: CallExpression, context: Context): unknown => {
    const name = this.#script.known(node)
    if (name === undefined) return this.#other(node, context)
    if (this.#script.isRequest(node)) return this.#request(node, context)
    const [first, second] = node.arguments
    if (name === 'check' && first) {
      const answer = this.#effects(first, context)
      if (answer instanceof Answer) expectAll(answer.request, second, this.#script, this.#notes)
    } else if (/^(group|describe)$/.test(name) && second && isFunction(second)) {
      const outer = this.#returned
      this.#body(second, within(context))
      this.#returned = outer
    } else if (name === 'sleep' && this.#sleeps++ === 0) {
      this.#notes.say(this.#script.place(node), '`sleep` is left out, here and elsewhere')
    }
    throw new NotLiteral(node)
  }

  #request(node: CallExpression, context: Context): unknown {
    this.#done.add(node)
    const answerOf = (request: Recorded | undefined) => {
      if (!request) return new NotLiteral(node)
      this.#requests.push(request)
      return new Answer(request)
    }
    if (this.#script.known(node) === 'http.batch') {
      const answers = batchAt(node, this.#script, this.#notes, context, answerOf)
      if (answers) return answers
      throw new NotLiteral(node)
    }
    const answer = answerOf(requestAt(node, this.#script, this.#notes, context))
    if (answer instanceof Answer) return answer
    throw answer
  }

  /** What a function of the script returns; its requests are made on the way. */
  #inside(node: CallExpression, context: Context): unknown {
    const it = this.#script.functions.get(nameOf(node.callee) ?? '')
    if (!it || this.#depth >= DEEPEST || this.#calls++ >= MOST_CALLS) throw new NotLiteral(node)
    const [outer, inner] = [this.#returned, this.#context(new Scope(this.#global))]
    it.params.forEach((parameter, at) => {
      const given = node.arguments[at]
      bind(parameter, given ? known(given, context) : new NotLiteral(node), inner)
    })
    this.#depth++
    this.#returned = undefined
    this.#body(it, inner)
    const returned = this.#returned
    this.#depth--
    this.#returned = outer
    if (returned === undefined || returned instanceof NotLiteral) throw new NotLiteral(node)
    return returned
  }

  /** Functions of JavaScript that turn one value into another. */
  #other(node: CallExpression, context: Context): unknown {
    const { callee } = node
    const [first] = node.arguments
    const value = () => (first ? evaluate(first, context) : undefined)
    const owner = callee.type === 'MemberExpression' ? callee.object : undefined
    const name = nameOf(callee)
    const full = owner?.type === 'Identifier' ? `${owner.name}.${name}` : name
    if (full === 'JSON.stringify' && first) return JSON.stringify(plain(value(), first, context))
    if (full === 'JSON.parse' && first) return jsonOf(value(), node)
    if (full === 'String' && first) return textOf(value(), first, context)
    if (full === 'encodeURIComponent' && first) return encodeURIComponent(textOf(value(), first, context))
    if (/^(Number|parseInt|parseFloat)$/.test(full ?? '') && first) return numberOf(value(), node)
    if (full === 'Object.assign') return Object.assign({}, ...node.arguments.map(it => evaluate(it, context)))
    if (name === 'b64encode' && first) return encoded(textOf(value(), first, context), node)
    if (/^random(Item|IntBetween)$/.test(name ?? '') && first) {
      const [item] = [value()].flat()
      if (item === undefined) throw new NotLiteral(node)
      this.#first(node)
      return item
    }
    if (!owner) return this.#inside(node, context)
    if (name === 'toString') return textOf(evaluate(owner, context), owner, context)
    const answer = name === 'json' ? evaluate(owner, context) : undefined
    if (!(answer instanceof Answer)) throw new NotLiteral(node)
    const path = first ? textOf(value(), first, context) : ''
    if (path !== '' && !/^[\w-]+(\.[\w-]+)*$/.test(path)) throw new NotLiteral(node)
    return new Part(answer.request, 'json', path === '' ? [] : path.split('.'))
  }
}

const within = (context: Context): Context => ({ ...context, scope: new Scope(context.scope) })

function encoded(text: string, node: Node): string {
  if (holdsStandIn(text)) throw new NotLiteral(node)
  return base64(text)
}

function jsonOf(value: unknown, node: Node): unknown {
  if (value instanceof Body) return new Part(value.request, 'json')
  try {
    return JSON.parse(String(value))
  } catch {
    throw new NotLiteral(node)
  }
}

function numberOf(value: unknown, node: Node): number {
  const number = Number(value)
  if (Number.isNaN(number)) throw new NotLiteral(node)
  return number
}

/** Names that are assigned to below a node. @param inFunctions only in functions */
function assignedIn(node: Node, inFunctions = false): Set<string> {
  const names = new Set<string>()
  const visit = (it: AnyNode, counts: boolean) => {
    const target: AnyNode | undefined =
      it.type === 'AssignmentExpression' ? it.left : it.type === 'UpdateExpression' ? it.argument : undefined
    if (counts && target?.type === 'Identifier') names.add(target.name)
    for (const child of childrenOf(it)) visit(child, counts || isFunction(it))
  }
  visit(node as AnyNode, !inFunctions)
  return names
}
