/** An OpenAPI 3 description, as requests for what it gives examples of. https://spec.openapis.org/oas */
import { UsageError } from '../../model/errors.ts'
import { counted } from '../../words/numbers.ts'
import { Notes, type PostData, type Recorded, type Recording, shown, UNKNOWN_ORIGIN } from './recorded.ts'
import { basic, requestOf } from './request.ts'
import { exampleOf, References } from './schema.ts'
import { isObject, listOf, objectOf, type Parsed, parsed, type Source, scalarText } from './source.ts'
import { standIn } from './stand-in.ts'

const WANTED = {
  what: 'The description',
  advice: 'Give an OpenAPI 3 description, as YAML or JSON; converters from Swagger 2.0 exist.',
}

/** More routes would say little about each of them. */
const MOST_ROUTES = 20

type Fields = Record<string, unknown>

/** @throws UsageError when it is not an OpenAPI 3 description */
export function readOpenApi(source: Source): Recording {
  const document = parsed(source, WANTED)
  const api = objectOf(document.value)
  if (!/^3\./.test(String(api.openapi)) || !isObject(api.paths))
    throw new UsageError(
      api.swagger === undefined
        ? 'The file is not an OpenAPI 3 description: it has no `openapi: 3.…` with `paths`.'
        : `The description is written in Swagger ${api.swagger}.`,
      { place: source.name, advice: WANTED.advice },
    )
  const reader = new Reader(api, document)
  const requests = reader.requests()
  return { file: source.name, tool: 'OpenAPI', requests, notes: reader.notes, advice: ADVICE }
}

const ADVICE = 'Give parameters and request bodies an `example`, or write the steps by hand.'

/** Thrown for what has no example. */
class NoExample extends Error {}

interface Operation {
  method: string
  path: string
  fields: Fields
  parameters: Fields[]
  place: string
}

class Reader {
  readonly notes = new Notes()
  readonly #api: Fields
  readonly #document: Parsed
  readonly #references: References

  constructor(api: Fields, document: Parsed) {
    this.#api = api
    this.#document = document
    this.#references = new References(api)
  }

  /** GET first: the others need a body, and change something. */
  requests(): Recorded[] {
    const all = this.#operations()
    const sorted = [
      ...all.filter(({ method }) => method === 'GET'),
      ...all.filter(({ method }) => method !== 'GET'),
    ]
    const kept: Recorded[] = []
    const more: string[] = []
    for (const operation of sorted) {
      const request = this.#request(operation)
      if (request && kept.length < MOST_ROUTES) kept.push(request)
      else if (request) more.push(`${operation.method} ${operation.path}`)
    }
    if (more.length > 0)
      this.notes.say(
        this.#document.placeOf(['paths']),
        `${counted(more.length, 'route')} after the first ${MOST_ROUTES}: ${listed(more)}`,
      )
    return kept
  }

  #operations(): Operation[] {
    return Object.entries(objectOf(this.#api.paths)).flatMap(([path, written]) => {
      const item = this.#references.object(written)
      return METHODS.flatMap((method): Operation[] => {
        const fields = item[method]
        if (!isObject(fields)) return []
        const place = this.#document.placeOf(['paths', path, method])
        const parameters = this.#parameters(item.parameters, fields.parameters)
        return [{ method: method.toUpperCase(), path, fields, parameters, place }]
      })
    })
  }

  /** Those of an operation replace those of its path. */
  #parameters(...lists: unknown[]): Fields[] {
    const all = lists.flatMap(listOf).map(it => this.#references.object(it))
    return [...new Map(all.map(it => [`${it.in} ${it.name}`, it])).values()]
  }

  #request({ method, path, fields, parameters, place }: Operation): Recorded | undefined {
    try {
      const body = this.#body(method, fields.requestBody)
      const proof = this.#proof(fields.security ?? this.#api.security, place)
      const needed = parameters.filter(it => it.required === true || it.in === 'path')
      const full = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
        encodeURIComponent(this.#value(needed.find(it => it.in === 'path' && it.name === name) ?? { name })),
      )
      const pairs = (from: string) =>
        needed.filter(it => it.in === from).map(it => [String(it.name), this.#value(it)])
      const query = new URLSearchParams([...pairs('query'), ...proof.query]).toString()
      const cookies = [...pairs('cookie'), ...proof.cookies].map(pair => pair.join('=')).join('; ')
      const headers: Record<string, string> = {
        ...Object.fromEntries(pairs('header')),
        ...proof.headers,
        ...(cookies !== '' && { cookie: cookies }),
      }
      const url = `${UNKNOWN_ORIGIN}${this.#basePath()}${full}${query && `?${query}`}`
      const request = requestOf({ method, url, headers, postData: body, place }, this.notes)
      const expect = expectedOf(fields.responses)
      return request && expect ? { ...request, expect } : request
    } catch (error) {
      if (!(error instanceof NoExample)) throw error
      this.notes.say(place, `${method} ${path} is left out: ${error.message}`)
      return undefined
    }
  }

  #value(parameter: Fields): string {
    const [media = parameter] = Object.values(objectOf(parameter.content))
    const value = exampleOf(objectOf(media), this.#references)
    const text = Array.isArray(value) ? value.map(String).join(',') : scalarText(value)
    if (text === undefined || text === '')
      throw new NoExample(`there is no example of the parameter ${shown(String(parameter.name))}`)
    return text
  }

  #body(method: string, written: unknown): PostData | undefined {
    if (method === 'GET') return undefined
    const { content } = this.#references.object(written)
    for (const [mimeType, media] of Object.entries(objectOf(content))) {
      const value = exampleOf(this.#references.object(media), this.#references)
      if (value === undefined || value === null) continue
      if (/json/i.test(mimeType)) return { mimeType, text: JSON.stringify(value) }
      if (mimeType === FORM && isObject(value))
        return { mimeType, text: new URLSearchParams(fieldsOf(value)).toString() }
      if (typeof value === 'string') return { mimeType, text: value }
    }
    throw new NoExample(
      written === undefined ? 'without a body, only GET is asked' : 'there is no example of its body',
    )
  }

  /** The path of the first server; where the service is does not matter. */
  #basePath(): string {
    const { url = '/', variables } = objectOf(listOf(this.#api.servers)[0])
    const filled = String(url).replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      String(objectOf(objectOf(variables)[name]).default ?? name),
    )
    return (URL.parse(filled, UNKNOWN_ORIGIN)?.pathname ?? '/').replace(/\/$/, '')
  }

  /** Only the user knows the credentials. */
  #proof(security: unknown, place: string) {
    const proof = {
      headers: {} as Record<string, string>,
      query: [] as string[][],
      cookies: [] as string[][],
    }
    const [first = {}] = listOf(security).map(objectOf)
    for (const id of Object.keys(first)) {
      const schemes = objectOf(objectOf(this.#api.components).securitySchemes)
      const { type, scheme, in: where, name } = this.#references.object(schemes[id])
      const variable = (given: string) => standIn('environment', given.replaceAll(/\W/g, '_').toUpperCase())
      if (type === 'apiKey' && where === 'header') proof.headers[String(name)] = variable(String(name))
      else if (type === 'apiKey' && where === 'query')
        proof.query.push([String(name), variable(String(name))])
      else if (type === 'apiKey') proof.cookies.push([String(name), variable(String(name))])
      else if (type === 'http' && String(scheme).toLowerCase() === 'basic')
        proof.headers.authorization = basic(variable('basic'))
      else if (type === 'mutualTLS') this.notes.say(place, `the security ${shown(id)} is left out`)
      else proof.headers.authorization = `Bearer ${variable('token')}`
    }
    return proof
  }
}

/** Names that are shown. */
const MOST_NAMES = 60

const listed = (names: string[]): string =>
  [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['…'] : [])].join(', ')

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']
const FORM = 'application/x-www-form-urlencoded'

const fieldsOf = (value: Fields): [string, string][] =>
  Object.entries(value).map(([name, each]) => [name, scalarText(each) ?? JSON.stringify(each)])

/** The status that its description names, if that is a redirect. */
function expectedOf(responses: unknown): Recorded['expect'] {
  const known = Object.keys(objectOf(responses)).filter(status => /^[23]/.test(status))
  const [first] = known
  const isRedirect = known.every(status => /^3\d\d$/.test(status))
  return first !== undefined && isRedirect ? { status: Number(first) } : undefined
}
