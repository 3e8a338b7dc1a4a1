/** Answers that a script looks into, and the captures that take what it finds there. */
import { isDeepStrictEqual } from 'node:util'
import type { Node } from 'acorn'
import type { CaptureSource } from '../../../model/script.ts'
import type { Recorded } from '../recorded.ts'
import { standIn } from '../stand-in.ts'
import { NotLiteral } from './scope.ts'

/** The answer to a request. */
export class Answer {
  readonly request: Recorded

  constructor(request: Recorded) {
    this.request = request
  }
}

/** The body of an answer as text. */
export class Body {
  readonly request: Recorded

  constructor(request: Recorded) {
    this.request = request
  }
}

/** A value inside an answer: `res.json().user.id`, `res.headers['Location']` or `res.cookies.sid[0].value`. */
export class Part {
  readonly request: Recorded
  readonly from: 'json' | 'header' | 'cookie'
  readonly keys: string[]

  constructor(request: Recorded, from: Part['from'], keys: string[] = []) {
    this.request = request
    this.from = from
    this.keys = keys
  }

  child(key: string): Part {
    return new Part(this.request, this.from, [...this.keys, key])
  }

  /** `undefined` for what no capture can take. */
  get source(): CaptureSource | undefined {
    const [first = '', ...others] = this.keys
    if (first === '') return undefined
    if (this.from === 'json') return { json: this.keys.join('.') }
    if (this.from === 'header') return others.length === 0 ? { header: first.toLowerCase() } : undefined
    return others.join('.') === '0.value' ? { cookie: first } : undefined
  }
}

/** A property of an answer, or of a part of one. */
export function partOf(owner: Answer | Part, key: string, node: Node): unknown {
  if (owner instanceof Part) return owner.child(key)
  if (key === 'body') return new Body(owner.request)
  if (key === 'headers') return new Part(owner.request, 'header')
  if (key === 'cookies') return new Part(owner.request, 'cookie')
  throw new NotLiteral(node)
}

/** Gives each captured value a name of its own. */
export class Captures {
  readonly #names = new Set<string>()

  /** The stand-in for a part of an answer, which its request captures from now on. */
  take({ request, source, keys }: Part, node: Node): string {
    if (!source) throw new NotLiteral(node)
    request.capture ??= {}
    const known = Object.entries(request.capture).find(([, it]) => isDeepStrictEqual(it, source))
    const name = known?.[0] ?? this.#nameFor(keys.filter(key => !/^(\d+|value)$/.test(key)).at(-1) ?? 'value')
    request.capture[name] = source
    return standIn('captured', name)
  }

  #nameFor(key: string): string {
    const plain = key.replaceAll(/\W+/g, '_')
    let name = plain
    for (let number = 2; this.#names.has(name); number++) name = `${plain}${number}`
    this.#names.add(name)
    return name
  }
}
