/** Requests to stores of others: with the credentials of the environment, bounded in time and size, and with errors that say what to do. */
import { MeasureError, UsageError } from '../model/errors.ts'
import { value } from '../words/numbers.ts'
import { clip, visible } from '../words/text.ts'

/** What a store is reached with. */
export interface Access {
  headers: Record<string, string>
  /** Milliseconds for an answer. */
  timeout: number
  /** Bytes of an answer. */
  most: number
}

const TIMEOUT = 30_000

/**
 * @param variables of the environment: `FLAMEGATE_STORE_TOKEN` (Bearer), or `FLAMEGATE_STORE_USER` and `FLAMEGATE_STORE_PASSWORD` (Basic), and
 * `FLAMEGATE_STORE_TENANT` (X-Scope-OrgID)
 */
export function accessFrom(variables: Record<string, string | undefined>, most: number): Access {
  const {
    FLAMEGATE_STORE_TOKEN: token,
    FLAMEGATE_STORE_USER: user,
    FLAMEGATE_STORE_PASSWORD: password = '',
    FLAMEGATE_STORE_TENANT: tenant,
  } = variables
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  const authorization = token ? `Bearer ${token}` : user ? `Basic ${basic}` : undefined
  return {
    headers: {
      ...(authorization && { authorization }),
      ...(tenant && { 'x-scope-orgid': tenant }),
    },
    timeout: TIMEOUT,
    most,
  }
}

interface Asked {
  method?: 'GET' | 'POST'
  body?: Uint8Array | string
  headers?: Record<string, string>
}

/** @throws MeasureError or UsageError when nobody answers, or something else comes than was asked for */
export async function answerOf(
  url: string,
  access: Access,
  { method = 'GET', body, headers }: Asked = {},
): Promise<Uint8Array> {
  const response = await fetch(url, {
    method,
    body,
    headers: { ...access.headers, ...headers },
    // A redirect may lead to somebody who must not have the credentials.
    redirect: 'manual',
    signal: AbortSignal.timeout(access.timeout),
  }).catch((cause: Error) => {
    throw unreachable(url, cause, access)
  })
  const bytes = await within(response, url, access)
  if (!response.ok) throw refused(url, response, bytes)
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? ''))
    throw new UsageError('A web page answers here, not a store of profiles.', {
      place: withoutQuery(url),
      advice: 'Check the address: often a path is missing, or somebody has to log in.',
    })
  return bytes
}

/** The same, as JSON. */
export async function jsonOf(url: string, access: Access, body?: object): Promise<unknown> {
  const asked: Asked = body
    ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    : {}
  const text = Buffer.from(await answerOf(url, access, asked)).toString()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MeasureError(`The answer is not JSON: ${clip(visible(text), 100, 'end')}`, {
      place: withoutQuery(url),
      advice: 'Check that this is the address of the store, and not of something before it.',
      cause,
    })
  }
}

async function within(response: Response, url: string, { most, timeout }: Access): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > most) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw unreachable(url, cause as Error, { timeout })
  }
  if (length <= most) return Buffer.concat(chunks)
  throw new MeasureError(`The answer has more than ${value(most, 'bytes')}.`, {
    place: withoutQuery(url),
    advice: 'Ask for shorter windows (--window), or raise --max-profile.',
  })
}

function unreachable(url: string, cause: Error, { timeout }: Pick<Access, 'timeout'>): MeasureError {
  const isLate = cause.name === 'TimeoutError'
  const why = cause.cause instanceof Error ? cause.cause.message : cause.message
  return new MeasureError(
    isLate
      ? `There was no answer within ${timeout / 1_000} s.`
      : `There is no answer: ${why || 'the connection failed'}.`,
    {
      place: withoutQuery(url),
      advice: isLate ? 'Ask for shorter windows (--window).' : 'Check the address, and that the store runs.',
      cause,
    },
  )
}

/** By status: what is wrong, and what to do. */
const REASONS: Record<number, [string, string]> = {
  401: [
    'The store asks who you are',
    'Set FLAMEGATE_STORE_TOKEN, or FLAMEGATE_STORE_USER and FLAMEGATE_STORE_PASSWORD.',
  ],
  403: [
    'The store does not let you read this',
    'Check the credentials, and FLAMEGATE_STORE_TENANT where there are tenants.',
  ],
  404: ['There is nothing here', 'Check the address: the store may be below a path.'],
  422: ['The store does not understand the question', 'Check the selector and the type (--type).'],
  429: ['The store has too much to do', 'Ask for fewer windows, or later.'],
}

function refused(url: string, response: Response, bytes: Uint8Array): Error {
  const { status } = response
  const [reason, advice] = REASONS[status] ?? ['The store refuses', 'Its logs may say more.']
  const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '')
  const said = isPage ? '' : clip(visible(Buffer.from(bytes).toString().trim()), 300, 'end')
  const circumstances = { place: withoutQuery(url), advice, ...(said && { details: said }) }
  const message = `${reason} (status ${status}).`
  return [401, 403, 404, 422].includes(status)
    ? new UsageError(message, circumstances)
    : new MeasureError(message, circumstances)
}

const withoutQuery = (url: string): string => url.replace(/\?.*$/s, '')
