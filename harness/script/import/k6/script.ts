/** The text of a script for k6 as a tree: its functions, its imports, and where each thing stands. */
import {
  type AnonymousFunctionDeclaration,
  type AnyNode,
  type ArrowFunctionExpression,
  type CallExpression,
  type FunctionDeclaration,
  type FunctionExpression,
  type Node,
  type Program,
  parse,
} from 'acorn'
import { UsageError } from '../../../model/errors.ts'
import { withoutTypes } from '../../../words/javascript.ts'
import { shown } from '../recorded.ts'
import { type Source, textOf, type Wanted } from '../source.ts'
import { nameOf } from './evaluate.ts'

export const WANTED: Wanted = {
  what: 'The script',
  advice: 'Give the JavaScript or TypeScript that `k6 run` takes, or write the steps by hand.',
}

interface Imported {
  module: string
  /** `default`, `*` or a name. */
  name: string
}

export class K6Script {
  readonly program: Program
  readonly functions = new Map<string, FunctionNode>()
  readonly #text: string
  readonly #name: string
  readonly #imports = new Map<string, Imported>()

  /** @throws UsageError with the line that cannot be read */
  constructor(source: Source) {
    this.#name = source.name
    this.#text = javaScriptOf(source)
    this.program = treeOf(this.#text, source.name)
    for (const node of this.program.body) this.#note(node)
  }

  place(node: Node): string {
    return `${this.#name}:${node.loc!.start.line}`
  }

  shown(node: Node): string {
    return shown(this.#text.slice(node.start, node.end))
  }

  /** Files of the user's own that it imports, which are not read. */
  get files(): Node[] {
    return this.program.body.filter(
      node => node.type === 'ImportDeclaration' && /^[./]|^file:/.test(String(node.source.value)),
    )
  }

  /** What a call means if it is one of k6's own functions: `http.get`, `check`, `sleep` … */
  known({ callee }: CallExpression): string | undefined {
    const owner = callee.type === 'MemberExpression' ? callee.object : callee
    const imported = owner.type === 'Identifier' ? this.#imports.get(owner.name) : undefined
    if (!imported) return undefined
    const name = owner === callee ? imported.name : nameOf(callee)
    if (imported.module === 'k6/http') return `http.${name}`
    return imported.module === 'k6' || name === 'describe' ? name : undefined
  }

  isRequest(node: CallExpression): boolean {
    return METHODS.test(this.known(node) ?? '')
  }

  /** The requests below a node, in the order of the text. */
  requestsIn(node: Node, into: 'functions' | 'no functions' = 'functions'): CallExpression[] {
    const found: CallExpression[] = []
    const visit = (it: AnyNode) => {
      if (it.type === 'CallExpression' && this.isRequest(it)) found.push(it)
      if (it === node || into === 'functions' || !isFunction(it)) childrenOf(it).forEach(visit)
    }
    visit(node as AnyNode)
    return found.toSorted((a, b) => a.start - b.start)
  }

  #note(node: Program['body'][number]): void {
    if (node.type === 'ImportDeclaration')
      for (const specifier of node.specifiers)
        this.#imports.set(specifier.local.name, {
          module: String(node.source.value),
          name: specifier.type === 'ImportSpecifier' ? textOfName(specifier.imported) : 'default',
        })
    else if (node.type === 'ExportDefaultDeclaration') this.#noteDefault(node.declaration)
    else if (node.type === 'ExportNamedDeclaration') {
      for (const { exported, local } of node.specifiers) {
        const it = this.functions.get(textOfName(local))
        if (it) this.functions.set(textOfName(exported), it)
      }
      if (node.declaration) this.#note(node.declaration)
    } else if (node.type === 'FunctionDeclaration') this.functions.set(node.id.name, node)
    else if (node.type === 'VariableDeclaration')
      for (const { id, init } of node.declarations)
        if (init && id.type === 'Identifier' && isFunction(init)) this.functions.set(id.name, init)
  }

  #noteDefault(declaration: AnyNode): void {
    const named = declaration.type === 'Identifier' ? this.functions.get(declaration.name) : undefined
    const it = isFunction(declaration) ? declaration : named
    if (it) this.functions.set('default', it)
  }
}

const METHODS = /^http\.(get|head|post|put|patch|del|options|request|asyncRequest|batch)$/

const textOfName = (node: { type: string; name?: string; value?: unknown }): string =>
  String(node.name ?? node.value)

export type FunctionNode =
  | AnonymousFunctionDeclaration
  | ArrowFunctionExpression
  | FunctionDeclaration
  | FunctionExpression

export const isFunction = (node: AnyNode): node is FunctionNode =>
  /^(Arrow)?Function(Expression|Declaration)$/.test(node.type)

export const childrenOf = (node: AnyNode): AnyNode[] =>
  Object.values(node)
    .flat()
    .filter((it): it is AnyNode => it !== null && typeof it === 'object' && 'type' in it && 'start' in it)

function javaScriptOf(source: Source): string {
  const text = textOf(source, WANTED)
  if (!/\.[cm]?ts$/.test(source.name)) return text
  try {
    return withoutTypes(text)
  } catch (cause) {
    const details = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError('The script cannot be read as TypeScript.', {
      place: source.name,
      details,
      advice: WANTED.advice,
      cause,
    })
  }
}

function treeOf(text: string, name: string): Program {
  try {
    return parse(text, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    })
  } catch (cause) {
    const { loc, message } = cause as SyntaxError & { loc?: { line: number } }
    throw new UsageError('The script cannot be read as JavaScript.', {
      place: loc ? `${name}:${loc.line}` : name,
      details: message.replace(/ \(\d+:\d+\)$/, ''),
      advice: WANTED.advice,
      cause,
    })
  }
}
