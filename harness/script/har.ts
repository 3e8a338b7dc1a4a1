/** A recording of a browser (HAR 1.2) as the text of a scenario file. */
import { UsageError } from '../model/errors.ts'

interface Entry {
  request: {
    method: string
    url: string
    headers?: { name: string; value: string }[]
    postData?: { mimeType?: string; text?: string; params?: { name: string; value?: string }[] }
  }
  response?: { status?: number }
}

/** What a service may look at; the rest belongs to the browser or to the connection, or is a secret. */
const KEPT = new Set(['accept', 'accept-language', 'content-type', 'x-requested-with'])
/** Secrets of the recorded session: not kept, but the reader is told. */
const SECRET = new Set(['authorization', 'cookie', 'x-api-key'])

const ADVICE = 'Export it again: in the network panel of a browser, “Save all as HAR”.'

/**
 * The recorded requests to the origin that most of them went to, as a flow. Secrets of the recording are left out.
 *
 * @throws UsageError when the text is no HAR, or holds no request that can be sent
 */
export function scenarioFromHar(text: string): string {
  const entries = readEntries(text)
  const origin = busiest(entries.map(({ request }) => new URL(request.url).origin))
  const own = entries.filter(({ request }) => new URL(request.url).origin === origin)
  const steps = own.map(stepText)
  const secrets = new Set(own.flatMap(({ request }) => namesOf(request).filter(name => SECRET.has(name))))
  const helpers = ['get', 'post', 'put', 'patch', 'del', 'request', 'json', 'form', 'raw']
  const used = helpers.filter(name => steps.some(step => new RegExp(`\\b${name}\\(`).test(step)))
  return `import { defineScenario, ${used.join(', ')} } from 'flamegate'

export default defineScenario({
  description: ${literal(`Recorded from ${origin}`)},
  target: {
    name: ${literal(new URL(origin).hostname)},
    command: ['node', 'server.js'], // how the service is started; it listens on PORT
    directory: import.meta.dirname,
    ready: '/',
  },
  variants: { now: {} },
  baseline: 'now',
  load: {${secrets.size > 0 ? `\n    // Left out because they are secret: ${[...secrets].join(', ')}. Log in with a step of \`setup\` and capture what it gives.` : ''}
    steps: [
${steps.map(step => `      ${step},`).join('\n')}
    ],
  },
})
`
}

function readEntries(text: string): Entry[] {
  const entries = (parse(text) as { log?: { entries?: unknown } } | undefined)?.log?.entries
  if (!Array.isArray(entries))
    throw new UsageError('The file is no HAR: it has no `log.entries`.', { advice: ADVICE })
  entries.forEach((entry, i) => {
    if (!isEntry(entry))
      throw new UsageError('The HAR is damaged: an entry has no request with a method and a URL.', {
        place: `log.entries[${i}]`,
        advice: ADVICE,
      })
  })
  const sendable = (entries as Entry[]).filter(({ request }) => /^https?:/.test(request.url))
  if (sendable.length === 0) throw new UsageError('The HAR holds no HTTP request.', { advice: ADVICE })
  return sendable
}

function isEntry(value: unknown): value is Entry {
  const { method, url } = (value as Entry | null)?.request ?? {}
  return typeof method === 'string' && /^[A-Z]+$/.test(method) && typeof url === 'string' && URL.canParse(url)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new UsageError('The HAR is cut off or is no JSON.', { advice: ADVICE, cause })
  }
}

function busiest(origins: string[]): string {
  const counts = Map.groupBy(origins, origin => origin)
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]![0]
}

const SHORT: Record<string, string> = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'del' }

function stepText({ request, response }: Entry): string {
  const { pathname, search } = new URL(request.url)
  // A colon or braces that were recorded are no placeholders.
  const path = literal((pathname + search).replaceAll('/:', '/%3A').replaceAll('{{', '%7B%7B'))
  const body = bodyText(request)
  const options = optionsText(request, response?.status ?? 0, body !== undefined)
  const short = SHORT[request.method]
  const bodyless = short === 'get' || short === 'del'
  const [name, first] = short && !(bodyless && body) ? [short, []] : ['request', [literal(request.method)]]
  const second = name === 'get' || name === 'del' ? [] : [body ?? (options ? 'undefined' : '')]
  return `${name}(${[...first, path, ...second, options].filter(Boolean).join(', ')})`
}

function optionsText({ headers = [] }: Entry['request'], status: number, hasBody: boolean): string {
  const kept = headers.filter(({ name, value }) => {
    const known = name.toLowerCase()
    return KEPT.has(known) && !(known === 'content-type' && hasBody) && !value.includes('{{')
  })
  const fields = [
    kept.length > 0 &&
      `headers: ${literal(Object.fromEntries(kept.map(({ name, value }) => [name.toLowerCase(), value])))}`,
    // Anything else than 2xx is unexpected unless it was recorded.
    status >= 300 && `expect: { status: ${status} }`,
  ].filter(Boolean)
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : ''
}

function bodyText({ postData }: Entry['request']): string | undefined {
  if (!postData) return undefined
  const { mimeType = '', text = '', params = [] } = postData
  if (mimeType.includes('json') && isJson(text)) return `json(${text.trim()})`
  if (mimeType.includes('x-www-form-urlencoded')) return `form(${literal(fieldsOf(text, params))})`
  return `raw(${literal(text)}, ${literal(mimeType || 'text/plain')})`
}

const fieldsOf = (text: string, params: { name: string; value?: string }[]) =>
  params.length > 0
    ? Object.fromEntries(params.map(({ name, value = '' }) => [name, decoded(value)]))
    : Object.fromEntries(new URLSearchParams(text))

/** Browsers disagree on whether the values of a HAR's `params` are still encoded. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const namesOf = ({ headers = [] }: Entry['request']) => headers.map(({ name }) => name.toLowerCase())

/** JSON is JavaScript; single quotes as in the rest of the file. */
const literal = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value)
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}
