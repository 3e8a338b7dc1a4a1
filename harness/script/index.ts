/**
 * A script as it runs. What is sent depends only on the script, the seed, the number of the connection and the number of
 * the run, so every variant gets the same requests in the same order on each connection.
 */
import type { Hop, HttpRequest, HttpResponse, PlannedRequest, Script, ScriptSession } from '../model/http.ts'
import type { Data, Row, Step } from '../model/script.ts'
import { seededRandom } from '../stats/random.ts'
import { CookieJar } from './cookies.ts'
import { redirected } from './redirect.ts'
import type { Files } from './request-body.ts'
import { type CompiledStep, compileStep } from './step.ts'

export { parseRows } from './data.ts'
export { EventCounter } from './event-counter.ts'
export { isCall } from './grpc.ts'
export { parsedJson } from './json.ts'
export { beginningOf, decoded, UnreadableBody, valuesOf } from './response.ts'
export { placeholders } from './step.ts'
export { isLimited, isWebSocket } from './unexpected-status.ts'

export interface Source {
  steps: Step[]
  setup?: Step[]
  /** The rows of a file have been read already. */
  data?: Exclude<Data, { file: string }>
  pick?: 'order' | 'random'
  connections: number
  /** Whether each connection keeps the cookies that it is given, and sends them. */
  cookies?: boolean
}

export function compileScript(source: Source, files: Files, seed: number): Script {
  const steps = source.steps.map(step => compileStep(step, files))
  const setup = (source.setup ?? []).map(step => compileStep(step, files))
  const isMix = steps.some(({ weight }) => weight > 0)
  return {
    length: isMix ? 1 : steps.length,
    steps: steps.map(({ name }) => name),
    session: connection => new Session({ ...source, steps, setup, isMix, seed }, connection),
  }
}

type Compiled = Pick<Source, 'data' | 'pick' | 'connections' | 'cookies'> &
  Record<'steps' | 'setup', CompiledStep[]> & { isMix: boolean; seed: number }

class Session implements ScriptSession {
  readonly setup: PlannedRequest[]
  readonly each: PlannedRequest[]
  readonly #compiled: Compiled
  readonly #connection: number
  /** Names whose values come from responses. */
  readonly #captured: ReadonlySet<string>
  readonly #state: Row = {}
  readonly #jar: CookieJar | undefined

  constructor(compiled: Compiled, connection: number) {
    this.#compiled = compiled
    this.#connection = connection
    const { steps, setup, cookies } = compiled
    this.#jar = cookies ? new CookieJar() : undefined
    this.#captured = new Set([...steps, ...setup].flatMap(({ captured }) => captured))
    const row = this.#row(0)
    this.setup = setup.map((_, i) => this.#plan(~i, row))
    this.each = [...this.setup, ...steps.map((_, i) => this.#plan(i, row))]
  }

  nameOf({ step }: PlannedRequest): string {
    return this.#stepOf(step).name
  }

  requests(first: number, times: number): PlannedRequest[] {
    const requests: PlannedRequest[] = []
    for (let run = first; run < first + times; run++) {
      const row = this.#row(run)
      if (this.#compiled.isMix) requests.push(this.#plan(this.#draw(run), row))
      else for (let step = 0; step < this.#compiled.steps.length; step++) requests.push(this.#plan(step, row))
    }
    return requests
  }

  render(planned: PlannedRequest) {
    return this.#withCookies(this.#rendered(planned))
  }

  #rendered({ step, row, request }: PlannedRequest): HttpRequest {
    return request ?? this.#stepOf(step).render({ ...row, ...this.#state })
  }

  #withCookies(request: HttpRequest): HttpRequest {
    return this.#jar ? this.#jar.addTo(request) : request
  }

  reads({ step }: PlannedRequest): boolean {
    return this.#stepOf(step).reads
  }

  events({ step }: PlannedRequest): number | undefined {
    return this.#stepOf(step).events
  }

  follow(planned: PlannedRequest, hop: Hop): HttpRequest | undefined {
    if (hop.followed >= this.#stepOf(planned.step).redirects) return undefined
    const { headers } = this.#rendered(planned)
    const next = redirected({ ...hop, request: { ...hop.request, headers } })
    if (next) this.#jar?.take(hop.response.headers)
    return next && this.#withCookies(next)
  }

  receive({ step }: PlannedRequest, response: HttpResponse): string | undefined {
    this.#jar?.take(response.headers)
    return this.#stepOf(step).receive(response, this.#state)
  }

  /** A step of the script, or of the setup: −1 is its first one. */
  #stepOf(step: number): CompiledStep {
    return step < 0 ? this.#compiled.setup[~step]! : this.#compiled.steps[step]!
  }

  #plan(step: number, row: Row | undefined): PlannedRequest {
    const compiled = this.#stepOf(step)
    // What it depends on is only known when it is sent.
    if (this.#jar || compiled.names.some(name => this.#captured.has(name))) return { step, row }
    return { step, request: compiled.render(row ?? {}) }
  }

  #row(run: number): Row | undefined {
    const { data, pick, connections } = this.#compiled
    if (!data) return undefined
    const number = run * connections + this.#connection
    if (typeof data === 'function') return data(this.#random(run, 1), number)
    return data[pick === 'random' ? Math.floor(this.#random(run, 1)() * data.length) : number % data.length]
  }

  /** Draws a step of the mix by its weight. */
  #draw(run: number): number {
    const { steps } = this.#compiled
    let left = this.#random(run, 2)() * steps.reduce((sum, { weight }) => sum + weight, 0)
    for (let step = 0; step < steps.length; step++) {
      left -= steps[step]!.weight
      if (left < 0) return step
    }
    return steps.length - 1
  }

  /** Independent streams for each run, connection and purpose. */
  #random(run: number, purpose: number): () => number {
    return seededRandom(mix(mix(mix(this.#compiled.seed, run), this.#connection), purpose))
  }
}

/** Hashes two integers to 32 bits. Source: the finalizer of A. Appleby's MurmurHash3. */
export function mix(a: number, b: number): number {
  let hash = (a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b)) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
