/** Names of a script and their values, as far as they are known without running it. */
import type { Identifier, Node } from 'acorn'

/** Thrown for what is known only while the script runs. */
export class NotLiteral extends Error {
  readonly node: Node

  constructor(node: Node) {
    super(`${node.type} is not literal`)
    this.node = node
  }
}

export class Scope {
  /** A name whose value is not known has an error that says why. */
  readonly #values = new Map<string, unknown>()
  readonly #outer: Scope | undefined

  constructor(outer?: Scope) {
    this.#outer = outer
  }

  declare(name: string, value: unknown): void {
    this.#values.set(name, value)
  }

  assign(name: string, value: unknown): void {
    const home = this.#values.has(name) ? this : this.#outer
    if (home === this) this.declare(name, value)
    else home?.assign(name, value)
  }

  /** @throws NotLiteral when its value is not known */
  valueOf(identifier: Identifier): unknown {
    const { name } = identifier
    if (!this.#values.has(name) && this.#outer) return this.#outer.valueOf(identifier)
    const value = this.#values.get(name)
    if (value instanceof NotLiteral || (value === undefined && name !== 'undefined'))
      throw new NotLiteral(identifier)
    return value
  }
}
