/** A Postman collection, v2.1 or v2.0. https://schema.postman.com */
import { UsageError } from '../../model/errors.ts'
import { Notes, type PostData, type Recorded, type Recording, shown } from './recorded.ts'
import { basic, requestOf, withQuery } from './request.ts'
import { isObject, listOf, objectOf, parsedJson, type Source, scalarText } from './source.ts'
import { standIn, startsWithStandIn } from './stand-in.ts'

const WANTED = {
  what: 'The collection',
  advice: 'Export it from Postman again, as Collection v2.1.',
}

type Fields = Record<string, unknown>

/** @throws UsageError when it is not a collection */
export function readPostman(source: Source): Recording {
  const collection = objectOf(parsedJson(source, WANTED))
  if (!Array.isArray(collection.item))
    throw new UsageError('The file is not a Postman collection (v2.1): it has no `item`.', {
      place: source.name,
      advice: WANTED.advice,
    })
  const reader = new Reader(listOf(collection.variable).map(objectOf))
  const requests = reader.items(collection, source.name, undefined)
  return { file: source.name, tool: 'Postman', requests, notes: reader.notes, advice: WANTED.advice }
}

/** Thrown for a value that is not in the file. */
class Missing extends Error {}

class Reader {
  readonly notes = new Notes()
  readonly #variables = new Map<string, string>()

  constructor(variables: Fields[]) {
    for (const { key, value, disabled } of variables) {
      const text = scalarText(value) ?? ''
      // Collections are shared without the values that differ from place to place.
      if (disabled !== true && text !== '') this.#variables.set(String(key), text)
    }
  }

  /** The requests of a folder. @param above authorization that it inherits */
  items(folder: Fields, place: string, above: unknown): Recorded[] {
    const auth = folder.auth ?? above
    this.#noteScripts(folder, place)
    return listOf(folder.item)
      .map(objectOf)
      .flatMap(item => {
        const inside = `${place}: ${item.name ?? 'a request'}`
        if (item.request === undefined) return this.items(item, inside, auth)
        this.#noteScripts(item, inside)
        return (
          this.#request(isObject(item.request) ? item.request : { url: item.request }, inside, auth) ?? []
        )
      })
  }

  #noteScripts({ event }: Fields, place: string): void {
    for (const { listen, script } of listOf(event).map(objectOf)) {
      const lines = [objectOf(script).exec].flat()
      if (lines.some(line => typeof line === 'string' && /^\s*[^\s/]/.test(line)))
        this.notes.say(place, `its ${listen === 'test' ? 'tests are' : 'script is'} left out`)
    }
  }

  #request(request: Fields, place: string, above: unknown): Recorded | undefined {
    const { method = 'GET', auth = above, url, header, body } = request
    try {
      const proof = this.#proofOf(objectOf(auth), place)
      const headers = { ...proof.headers, ...Object.fromEntries(this.#pairs(header)) }
      const address = withQuery(this.#urlOf(url), proof.query)
      const postData = this.#bodyOf(objectOf(body), headers, place)
      return requestOf(
        { method: String(method).toUpperCase(), url: address, headers, postData, place },
        this.notes,
      )
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      this.notes.leave([`with ${error.message}`], place)
      return undefined
    }
  }

  #urlOf(url: unknown): string {
    const { raw, variable } = isObject(url) ? url : { raw: url, variable: [] }
    const [path = '', ...query] = String(raw ?? '').split('?')
    const values = new Map(
      listOf(variable)
        .map(objectOf)
        .map(({ key, value }) => [key, scalarText(value) ?? '']),
    )
    const full = path.replaceAll(/(?<=[^/:]\/):(\w+)/g, (_, name: string) => {
      const value = values.get(name)
      if (!value) throw new Missing(`${shown(`:${name}`)}, which has no value`)
      return encodeURI(value)
    })
    const text = this.#filled([full, ...query].join('?'))
    return /^[a-z]+:\/\//i.test(text) || startsWithStandIn(text) ? text : `http://${text}`
  }

  #bodyOf(body: Fields, headers: Record<string, string>, place: string): PostData | undefined {
    const { mode, raw, urlencoded, formdata, graphql, options } = body
    if (body.disabled === true || mode === undefined) return undefined
    if (mode === 'raw') {
      const text = this.#filled(String(raw ?? ''))
      const { language = 'text' } = objectOf(objectOf(options).raw)
      const isSet = Object.keys(headers).some(name => /^content-type$/i.test(name))
      return isSet ? { text } : { text, mimeType: TYPES.get(String(language)) ?? 'text/plain' }
    }
    if (mode === 'urlencoded') {
      const text = new URLSearchParams(this.#pairs(urlencoded)).toString()
      return { text, mimeType: 'application/x-www-form-urlencoded' }
    }
    if (mode === 'formdata') {
      const files = listOf(formdata)
        .map(objectOf)
        .filter(({ type, disabled }) => type === 'file' && !disabled)
      const [{ src } = { src: undefined }] = files
      if (files.length > 0)
        throw new Missing(`${shown(String([src].flat()[0] ?? 'a file'))}, a file to upload`)
      const params = this.#pairs(formdata).map(([name, value]) => ({ name, value }))
      return { mimeType: 'multipart/form-data', params }
    }
    if (mode !== 'graphql') throw new Missing(`a body of the kind ${shown(String(mode))}`)
    const { query, variables } = objectOf(graphql)
    return { mimeType: 'application/json', text: this.#graphql(String(query ?? ''), variables, place) }
  }

  #graphql(query: string, variables: unknown, place: string): string {
    const text = typeof variables === 'string' ? this.#filled(variables).trim() || '{}' : '{}'
    try {
      return JSON.stringify({ query: this.#filled(query), variables: JSON.parse(text) })
    } catch {
      this.notes.say(place, 'its variables are left out: they are not JSON')
      return JSON.stringify({ query })
    }
  }

  /** What shows who asks, as headers or as text for the end of the address. */
  #proofOf(auth: Fields, place: string): { headers: Record<string, string>; query: string } {
    const type = String(auth.type ?? 'noauth')
    const given = auth[type]
    const values: Fields = isObject(given)
      ? given
      : Object.fromEntries(
          listOf(given)
            .map(objectOf)
            .map(({ key, value }) => [String(key), value]),
        )
    const text = (name: string) => this.#filled(scalarText(values[name]) ?? '')
    const headers: Record<string, string> = {}
    if (type === 'bearer') headers.authorization = `Bearer ${text('token')}`
    else if (type === 'basic') headers.authorization = basic(`${text('username')}:${text('password')}`)
    else if (type === 'apikey' && values.in === 'query')
      return { headers, query: new URLSearchParams([[text('key'), text('value')]]).toString() }
    else if (type === 'apikey') headers[text('key')] = text('value')
    else if (type !== 'noauth') this.notes.say(place, `its authorization by ${shown(type)} is left out`)
    return { headers, query: '' }
  }

  /** Names and values of what is not switched off; format 2.0 has headers as text. */
  #pairs(list: unknown): [string, string][] {
    if (typeof list === 'string')
      return [...list.matchAll(/^([^:\r\n]+):[ \t]*(.*?)\r?$/gm)].map(([, name, value]) => [
        name!,
        this.#filled(value!),
      ])
    return listOf(list)
      .map(objectOf)
      .filter(({ key, disabled }) => typeof key === 'string' && key !== '' && disabled !== true)
      .map(({ key, value }) => [this.#filled(String(key)), this.#filled(scalarText(value) ?? '')])
  }

  /** The text with the variables of the collection; others come from the environment of a run. */
  #filled(text: string, depth = 0): string {
    return text.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (written, name: string) => {
      if (name.startsWith('$')) throw new Missing(`${shown(written)}, which Postman makes up`)
      const value = depth < MOST_NESTED ? this.#variables.get(name) : undefined
      if (value !== undefined) return this.#filled(value, depth + 1)
      // A name such as `path` would be one of the system's without the prefix.
      return standIn('environment', `POSTMAN_${name.replaceAll(/\W/g, '_').toUpperCase()}`)
    })
  }
}

/** Variables can name each other. */
const MOST_NESTED = 8

/** Media types by the language of a body. */
const TYPES = new Map([
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['javascript', 'application/javascript'],
])
