/** An Artillery test (https://www.artillery.io/docs), in YAML or JSON. */

import { UsageError } from '../../model/errors.ts'
import type { CaptureSource } from '../../model/script.ts'
import {
  isStatus,
  type Limit,
  Notes,
  type Pace,
  type PostData,
  type Recorded,
  type Recording,
  shown,
  UNKNOWN_ORIGIN,
} from './recorded.ts'
import { basic, requestOf, withQuery } from './request.ts'
import {
  isObject,
  listOf,
  objectOf,
  type Parsed,
  type Path,
  parsed,
  type Source,
  scalarText,
} from './source.ts'
import { standIn, startsWithStandIn } from './stand-in.ts'

const WANTED = {
  what: 'The test',
  advice: 'Give the YAML or JSON that `artillery run` takes, or write the steps by hand.',
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

/** @throws UsageError when it is not such a test */
export function readArtillery(source: Source): Recording {
  const document = parsed(source, WANTED)
  const test = objectOf(document.value)
  if (!isObject(test.config) && !Array.isArray(test.scenarios))
    throw new UsageError('The file is not an Artillery test: it has no `config` and no `scenarios`.', {
      place: source.name,
      advice: WANTED.advice,
    })
  return new Reader(source.name, document, test).read()
}

/** Thrown for a text with a value that is known only while the test runs. */
class Unknown extends Error {}

class Reader {
  readonly #name: string
  readonly #document: Parsed
  readonly #test: Record<string, unknown>
  readonly #config: Record<string, unknown>
  readonly #notes = new Notes()
  /** Values of the variables, and stand-ins for what earlier steps capture. */
  readonly #values = new Map<string, unknown>()
  #thinks = false

  constructor(name: string, document: Parsed, test: Record<string, unknown>) {
    this.#name = name
    this.#document = document
    this.#test = test
    this.#config = objectOf(test.config)
  }

  read(): Recording {
    for (const name of ['processor', 'payload', 'environments'])
      if (this.#config[name] !== undefined) this.#say(['config', name], `\`${name}\` is left out`)
    for (const [name, value] of Object.entries(objectOf(this.#config.variables))) {
      this.#values.set(name, [value].flat()[0])
      if (listOf(value).length > 1)
        this.#say(['config', 'variables', name], `of the values of ${shown(name)}, the first is taken`)
    }
    const setup = this.#flow(objectOf(this.#test.before).flow, ['before', 'flow'])
    const scenarios = listOf(this.#test.scenarios).flatMap((scenario, at) => this.#scenario(scenario, at))
    const requests = scenarios.length > 1 ? scenarios.flatMap(mixed) : scenarios.flatMap(it => it.requests)
    const weights = scenarios.length > 1 ? scenarios.reduce((sum, { weight }) => sum + weight, 0) : undefined
    return {
      file: this.#name,
      tool: 'Artillery',
      setup,
      requests,
      pace: { ...this.#pace(), weights },
      notes: this.#notes,
      advice: WANTED.advice,
    }
  }

  #say(path: Path, what: string): void {
    this.#notes.say(this.#document.placeOf(path), what)
  }

  #scenario(scenario: unknown, at: number): { weight: number; requests: Recorded[] }[] {
    const { engine = 'http', weight = 1, flow } = objectOf(scenario)
    const path = ['scenarios', at]
    if (engine !== 'http') {
      this.#say(path, `a scenario for ${shown(String(engine))} is left out`)
      return []
    }
    for (const name of ['beforeScenario', 'afterScenario', 'beforeRequest', 'afterResponse'])
      if (objectOf(scenario)[name] !== undefined) this.#say([...path, name], `\`${name}\` is left out`)
    return [
      { weight: Number(weight) > 0 ? Number(weight) : 1, requests: this.#flow(flow, [...path, 'flow']) },
    ]
  }

  #flow(flow: unknown, path: Path): Recorded[] {
    return listOf(flow).flatMap((step, at) => this.#step(objectOf(step), [...path, at]))
  }

  #step(step: Record<string, unknown>, path: Path): Recorded[] {
    const method = METHODS.find(name => step[name] !== undefined)
    const [other = 'step'] = Object.keys(step)
    if (method) {
      const asked = step[method]
      const request = this.#request(method, isObject(asked) ? asked : { url: asked }, [...path, method])
      return request ? [request] : []
    }
    if (other === 'think') {
      if (!this.#thinks) this.#say(path, '`think` is left out, here and elsewhere')
      this.#thinks = true
    } else if (other !== 'log') this.#say(path, `${shown(other)} is left out`)
    return []
  }

  #request(method: string, asked: Record<string, unknown>, path: Path): Recorded | undefined {
    const place = this.#document.placeOf(path)
    try {
      const { http, defaults } = objectOf(this.#config) as { http?: unknown; defaults?: unknown }
      const usual = objectOf(objectOf(objectOf(http).defaults ?? defaults).headers)
      const headers = this.#texts({ ...usual, ...objectOf(asked.headers) })
      const { user, username = user, pass, password = pass } = objectOf(this.#filled(asked.auth))
      if (username !== undefined) headers.authorization = basic(`${username}:${password ?? ''}`)
      const cookies = Object.entries(this.#texts(objectOf(asked.cookie))).map(pair => pair.join('='))
      if (cookies.length > 0) headers.cookie = cookies.join('; ')
      for (const name of ['beforeRequest', 'afterResponse', 'ifTrue', 'gzip'])
        if (asked[name] !== undefined) this.#say(path, `${shown(name)} is left out`)
      const request = requestOf(
        { method: method.toUpperCase(), url: this.#url(asked), headers, postData: this.#body(asked), place },
        this.#notes,
      )
      if (!request) return undefined
      this.#capture(request, asked.capture, path)
      this.#expect(request, asked.expect, path)
      return request
    } catch (error) {
      if (!(error instanceof Unknown)) throw error
      this.#notes.leave([`with ${error.message}`], place)
      return undefined
    }
  }

  #url({ url, uri = url, qs }: Record<string, unknown>): string {
    const asked = String(this.#filled(String(uri ?? '/')))
    const isWhole = /^[a-z]+:/i.test(asked) || startsWithStandIn(asked)
    const address = isWhole ? asked : `${this.#base()}/${asked.replace(/^\//, '')}`
    const query = new URLSearchParams(this.#texts(objectOf(qs))).toString()
    return withQuery(address, query)
  }

  #base(): string {
    try {
      const target = scalarText(this.#filled(this.#config.target)) ?? UNKNOWN_ORIGIN
      return target.replace(/\/$/, '')
    } catch (error) {
      if (error instanceof Unknown) return UNKNOWN_ORIGIN
      throw error
    }
  }

  #body({ json, body, form, formData }: Record<string, unknown>): PostData | undefined {
    if (json !== undefined) return { mimeType: 'application/json', text: JSON.stringify(this.#filled(json)) }
    if (form !== undefined) {
      const text = new URLSearchParams(this.#texts(objectOf(form))).toString()
      return { mimeType: 'application/x-www-form-urlencoded', text }
    }
    if (formData !== undefined) {
      const file = Object.entries(objectOf(formData)).find(([, value]) => isObject(value))
      if (file) throw new Unknown(`${shown(file[0])}, a file to upload`)
      const fields = Object.entries(this.#texts(objectOf(formData)))
      return { mimeType: 'multipart/form-data', params: fields.map(([name, value]) => ({ name, value })) }
    }
    if (body === undefined) return undefined
    const filled = this.#filled(body)
    return { text: typeof filled === 'string' ? filled : JSON.stringify(filled) }
  }

  #capture(request: Recorded, captures: unknown, path: Path): void {
    for (const capture of [captures ?? []].flat().map(objectOf)) {
      const name = String(capture.as ?? '').replaceAll(/\W/g, '_')
      const source = sourceOf(capture)
      if (!source || name === '') {
        this.#say(path, `the capture ${shown(JSON.stringify(capture))} is left out`)
        continue
      }
      request.capture = { ...request.capture, [name]: source }
      this.#values.set(String(capture.as), standIn('captured', name))
    }
  }

  #expect(request: Recorded, expectations: unknown, path: Path): void {
    for (const [name, value] of [expectations ?? []].flat().flatMap(it => Object.entries(objectOf(it)))) {
      const status = [value].flat().map(Number)
      if (name !== 'statusCode' || !status.every(isStatus))
        this.#say([...path, 'expect'], `the expectation ${shown(name)} is left out`)
      else if (status.length > 1) request.expect = { status }
      else if (status[0] !== 200) request.expect = { status: status[0]! }
    }
  }

  #texts(values: Record<string, unknown>): Record<string, string> {
    const texts = Object.entries(values).map(([name, value]) => [
      name,
      scalarText(this.#filled(value)) ?? JSON.stringify(value),
    ])
    return Object.fromEntries(texts)
  }

  /** The value with its variables filled in. A text that is only a variable becomes its value. */
  #filled(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(each => this.#filled(each))
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#filled(each)]))
    if (typeof value !== 'string') return value
    const [only] = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(value)?.slice(1) ?? []
    if (only !== undefined) return this.#valueOf(only)
    return value.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => String(this.#valueOf(name)))
  }

  #valueOf(name: string): unknown {
    const [, variable] = /^\$(?:processEnvironment|env)\.(\w+)$/.exec(name) ?? []
    if (variable !== undefined) return standIn('environment', variable)
    const value = this.#values.get(name)
    if (value === undefined || value === null)
      throw new Unknown(`${shown(`{{ ${name} }}`)}, which is known only while the test runs`)
    return value
  }

  #pace(): Pace {
    const phases = listOf(this.#config.phases).map(objectOf)
    const rates = phases.flatMap(({ arrivalRate, rampTo, arrivalCount, duration }) => [
      Number(arrivalRate ?? 0),
      Number(rampTo ?? 0),
      Number(arrivalCount ?? 0) / (Number(duration) || 1),
    ])
    const arrivals = Math.max(0, ...rates.filter(Number.isFinite))
    if (phases.length > 1 || phases.some(({ rampTo }) => rampTo !== undefined))
      this.#say(['config', 'phases'], `of the phases, the highest is taken: ${arrivals} arrivals per second`)
    return { ...(arrivals > 0 && { arrivals }), limits: this.#limits() }
  }

  /** `ensure` fails a test whose answers take too long. */
  #limits(): Limit[] {
    const { ensure = objectOf(this.#config.plugins).ensure } = this.#config
    const place = this.#document.placeOf(['config', this.#config.ensure ? 'ensure' : 'plugins'])
    const { thresholds, conditions, ...short } = objectOf(ensure)
    if (conditions !== undefined) this.#notes.say(place, '`conditions` are left out')
    const all = [...listOf(thresholds).map(objectOf), short].flatMap(it => Object.entries(it))
    return all.flatMap(([name, most]): Limit[] => {
      const [, percentile] = /^(?:http\.response_time\.)?(p\d+|median)$/.exec(name) ?? []
      if (percentile !== undefined && typeof most === 'number' && most > 0)
        return [
          {
            percentile:
              percentile === 'median' ? 50 : (PERCENTILES[percentile] ?? Number(percentile.slice(1))),
            most,
            place,
          },
        ]
      this.#notes.say(place, `the threshold ${shown(`${name}: ${most}`)} is left out`)
      return []
    })
  }
}

const PERCENTILES: Record<string, number> = { p999: 99.9 }

/** The steps of a mix have no order, so none can wait for what another captures. */
const mixed = ({ weight, requests }: { weight: number; requests: Recorded[] }): Recorded[] =>
  requests.map(({ capture: _, ...request }) => ({ ...request, weight }))

function sourceOf({ json, header, regexp, group = 1 }: Record<string, unknown>): CaptureSource | undefined {
  if (typeof header === 'string') return { header: header.toLowerCase() }
  if (typeof regexp === 'string' && Number(group) === 1 && /\((?!\?)/.test(regexp)) return { match: regexp }
  if (typeof json !== 'string') return undefined
  const path = json
    .replace(/^\$\.?/, '')
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .replaceAll(/\[['"]([\w-]+)['"]\]/g, '.$1')
    .replace(/^\./, '')
  return /^[\w-]+(\.[\w-]+)*$/.test(path) ? { json: path } : undefined
}
