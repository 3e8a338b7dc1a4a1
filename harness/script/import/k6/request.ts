/** A call of `http.get`, `http.post` … as a request. */
import type { AnyNode, CallExpression } from 'acorn'
import { type Notes, type PostData, type Recorded, shown } from '../recorded.ts'
import { requestOf } from '../request.ts'
import { Part } from './answers.ts'
import { type Context, evaluate, plain, textOf } from './evaluate.ts'
import { NotLiteral } from './scope.ts'
import type { K6Script } from './script.ts'

/** What a request is made of; also the form in which `http.batch` takes it. */
interface Asked {
  method: unknown
  url: unknown
  body?: unknown
  params?: unknown
}

/** @returns undefined when it cannot be sent, which is noted */
export function requestAt(
  node: CallExpression,
  script: K6Script,
  notes: Notes,
  context: Context,
): Recorded | undefined {
  return noting(node, script, notes, () => {
    const [, name = ''] = script.known(node)!.split('.')
    const [first, ...others] = node.arguments.map(argument => evaluate(argument, context))
    const [method, url, more] = /request$/i.test(name)
      ? [first, others[0], others.slice(1)]
      : [METHODS[name] ?? name.toUpperCase(), first, others]
    const [body, params] = name === 'get' || name === 'head' ? [undefined, more[0]] : more
    return built({ method, url, body, params }, node, script, notes, context)
  })
}

const METHODS: Record<string, string> = { del: 'DELETE' }

/** The requests of `http.batch`, in the array or the object in which their answers come. */
export function batchAt<T>(
  node: CallExpression,
  script: K6Script,
  notes: Notes,
  context: Context,
  answerOf: (request: Recorded | undefined) => T,
): T[] | Record<string, T> | undefined {
  const one = (part: AnyNode, value: () => unknown) =>
    answerOf(noting(part, script, notes, () => built(batched(value(), part), part, script, notes, context)))
  const [list] = node.arguments
  if (list?.type === 'ArrayExpression')
    return list.elements.flatMap(part => (part ? [one(part, () => evaluate(part, context))] : []))
  const values = noting(node, script, notes, () => (list ? evaluate(list, context) : undefined))
  if (Array.isArray(values)) return values.map(value => one(node, () => value))
  if (values === null || typeof values !== 'object') return undefined
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, one(node, () => value)]))
}

function batched(value: unknown, node: AnyNode): Asked {
  if (typeof value === 'string' || value instanceof Part) return { method: 'GET', url: value }
  if (Array.isArray(value)) {
    const [method, url, body, params] = value
    return { method, url, body, params }
  }
  if (value === null || typeof value !== 'object') throw new NotLiteral(node)
  const { method = 'GET', url, body, params } = value as Partial<Asked>
  return { method, url, body, params }
}

function noting<T>(node: AnyNode, script: K6Script, notes: Notes, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error
    const reason = `with ${script.shown(error.node)}, which is known only while the script runs`
    notes.leave([reason], script.place(node))
    return undefined
  }
}

function built(
  { method, url, body, params }: Asked,
  node: AnyNode,
  script: K6Script,
  notes: Notes,
  context: Context,
): Recorded | undefined {
  const place = script.place(node)
  const { headers, cookies, redirects, ...others } = (plain(params ?? {}, node, context) ?? {}) as Record<
    string,
    unknown
  >
  for (const name of Object.keys(others))
    if (!['tags', 'timeout', 'responseType', 'responseCallback', 'compression'].includes(name))
      notes.say(place, `${shown(name)} of the request is left out`)
  if (others.tags) notes.say(place, '`tags` are left out: steps have names')
  const jar = Object.entries((cookies ?? {}) as Record<string, unknown>).map(([name, value]) => {
    const { value: inner = value } = (value ?? {}) as { value?: unknown }
    return `${name}=${textOf(inner, node, context)}`
  })
  const pairs = Object.entries((headers ?? {}) as Record<string, unknown>)
  const sent = Object.fromEntries(pairs.map(([name, value]) => [name, textOf(value, node, context)]))
  const postData = bodyOf(body, node, context)
  const isTyped = pairs.some(([name]) => /^content-type$/i.test(name))
  if (postData?.text && !postData.mimeType && !isTyped && /^[{[]/.test(postData.text)) {
    postData.mimeType = 'application/json'
    notes.say(place, 'its JSON gets a content-type, which k6 does not send')
  }
  const request = requestOf(
    {
      method: textOf(method, node, context).toUpperCase(),
      url: textOf(url, node, context),
      headers: { ...sent, ...(jar.length > 0 && { cookie: jar.join('; ') }) },
      postData,
      place,
    },
    notes,
  )
  const followed = Math.min(Number(redirects) || 0, MOST_REDIRECTS)
  return request && followed > 0 ? { ...request, redirects: followed } : request
}

/** More cannot be followed. */
const MOST_REDIRECTS = 20

/** An object is sent as a form. */
function bodyOf(body: unknown, node: AnyNode, context: Context): PostData | undefined {
  if (body === null || body === undefined || body === '') return undefined
  if (typeof body !== 'object' || body instanceof Part) return { text: textOf(body, node, context) }
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, textOf(each, node, context)]),
  )
  return { mimeType: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() }
}
