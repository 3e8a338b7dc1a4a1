/** What production is asked for, as a mix of steps: from an access log, or from the windows of the probe. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { UsageError } from '../../model/errors.ts'
import { counted, share } from '../../words/numbers.ts'

/** A path, and how many of a hundred requests are for it. */
export interface MixedRoute {
  path: string
  weight: number
}

export interface Traffic {
  mix: MixedRoute[]
  /** What was left out, as sentences. */
  notes: string[]
}

interface Request {
  method: string
  /** Without its query, which can hold anything. */
  path: string
  status: number
}

/** Steps of a scenario, and different paths that are told apart. */
const MOST_STEPS = 20
const MOST_PATHS = 100_000

const COMBINED = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3})\b/

/**
 * The log of nginx or Apache (common and combined), or JSON lines: pino's, and others with usual names. It can be gzipped.
 *
 * @throws UsageError when the file cannot be read, or has no request in it
 */
export async function trafficOfLog(path: string): Promise<Traffic> {
  const counts = new Counts()
  try {
    const file = createReadStream(path)
    const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
    file.on('error', error => input.destroy(error))
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const request = requestIn(line)
      if (request) counts.add(request)
    }
  } catch (cause) {
    const details = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError('The access log cannot be read.', {
      place: path,
      details,
      advice: 'Check the path.',
      cause,
    })
  }
  return counts.traffic(path)
}

/** @returns undefined for a line that tells of no request */
export function requestIn(line: string): Request | undefined {
  const found = line.startsWith('{') ? jsonRequest(line) : COMBINED.exec(line)?.slice(1)
  const [method = '', url = '', status] = found ?? []
  if (!/^[A-Z]+$/.test(method) || !/^(\/|https?:)/.test(url)) return undefined
  const path = URL.parse(url, 'http://localhost')?.pathname
  return path === undefined ? undefined : { method, path, status: Number(status) }
}

type Json = Record<string, unknown>

/** Method, URL and status under the names that loggers use. */
function jsonRequest(line: string): string[] | undefined {
  try {
    const entry = JSON.parse(line) as Json
    const inner = (name: string) => (entry[name] ?? {}) as Json
    const [request, response] = [
      { ...inner('req'), ...inner('request') },
      { ...inner('res'), ...inner('response') },
    ]
    const method = entry.method ?? entry.request_method ?? request.method
    const url = entry.url ?? entry.uri ?? entry.request_uri ?? entry.path ?? request.url ?? request.path
    const status = entry.status ?? entry.statusCode ?? response.statusCode ?? response.status
    return [method, url, status].map(value => String(value ?? ''))
  } catch {
    return undefined
  }
}

/** Paths that differ in a number or an id are one route, and the most frequent of them stands for all. */
class Counts {
  readonly #routes = new Map<string, Map<string, number>>()
  readonly #others = new Map<string, number>()
  #all = 0
  #paths = 0

  add({ method, path, status }: Request): void {
    this.#all++
    const isGood = method === 'GET' && (status < 400 || Number.isNaN(status))
    if (!isGood) {
      const what = method === 'GET' ? 'answered with an error' : method
      this.#others.set(what, (this.#others.get(what) ?? 0) + 1)
      return
    }
    const route = this.#routes.get(patternOf(path)) ?? new Map<string, number>()
    if (!route.has(path) && this.#paths++ >= MOST_PATHS) return
    this.#routes.set(patternOf(path), route.set(path, (route.get(path) ?? 0) + 1))
  }

  /** @throws UsageError when there is nothing to send */
  traffic(place: string): Traffic {
    const routes = [...this.#routes.values()].map(paths => {
      const [path] = [...paths].toSorted(([, a], [, b]) => b - a)[0]!
      return { path, count: [...paths.values()].reduce((sum, count) => sum + count, 0) }
    })
    if (routes.length === 0)
      throw new UsageError(
        this.#all === 0 ? 'No line describes a request.' : 'No GET request was answered successfully.',
        {
          place,
          advice:
            'Give the access log of nginx or Apache, or JSON lines with method, url and status, or write the steps by hand.',
        },
      )
    return mixed(routes, this.#others, this.#all)
  }
}

const patternOf = (path: string): string =>
  path
    .split('/')
    .map(part => (/\d|^[\w-]{25,}$|@|%/.test(part) ? ':id' : part))
    .join('/')

/** @param others requests that cannot be sent, by what they are; @param all requests that were seen */
export function mixed(
  routes: { path: string; count: number }[],
  others: ReadonlyMap<string, number>,
  all: number,
): Traffic {
  const sorted = routes.toSorted((a, b) => b.count - a.count)
  const kept = sorted.slice(0, MOST_STEPS)
  const sum = kept.reduce((total, { count }) => total + count, 0)
  const notes = [...others].map(
    ([what, count]) => `Left out: ${share(count / all)} of the requests (${what}).`,
  )
  if (sorted.length > kept.length)
    notes.push(`Left out: ${counted(sorted.length - kept.length, 'route')} that are asked for less often.`)
  return {
    mix: kept.map(({ path, count }) => ({ path, weight: Math.max(1, Math.round((100 * count) / sum)) })),
    notes,
  }
}
