/** What is done with an answer: values captured from it, and the question whether it is what was expected. */
import type { Answer } from '../model/requests.ts'
import type { CaptureSource, Expect, Row, Scalar, Schema } from '../model/script.ts'

/** Checks an answer; what is wrong with it, in words. */
export type Check = (answer: Answer) => string | undefined

export const isGood = (status: number): boolean => status >= 200 && status < 300

export function headerOf({ headers }: Answer, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (let i = 0; i < headers.length; i += 2) if (headers[i]!.toLowerCase() === wanted) return headers[i + 1]
  return undefined
}

/** Every expectation in the order status, headers, body: the first that is not met is the reason. */
export function compileExpect({ status, headers = {}, body }: Expect = {}): Check {
  const wanted = status === undefined ? undefined : [status].flat()
  const checks: Check[] = [
    answer =>
      (wanted ? wanted.includes(answer.status) : isGood(answer.status))
        ? undefined
        : `status ${answer.status}`,
    ...Object.entries(headers).map(
      ([name, text]): Check =>
        answer => {
          const value = headerOf(answer, name)
          if (value === undefined) return `no header ${name}`
          return value.includes(text) ? undefined : `header ${name} without \`${text}\``
        },
    ),
    ...(body === undefined ? [] : [compileBodyCheck(body)]),
  ]
  return answer => {
    for (const check of checks) {
      const problem = check(answer)
      if (problem) return problem
    }
    return undefined
  }
}

function compileBodyCheck(expected: NonNullable<Expect['body']>): Check {
  if (typeof expected === 'string')
    return ({ body }) => (body.toString().includes(expected) ? undefined : `body without \`${expected}\``)
  if (typeof expected === 'function')
    return ({ body }) => (saysYes(expected, body.toString()) ? undefined : 'the body is not as expected')
  return ({ body }) => violation(expected, body.toString())
}

/** A check that fails to run has not been met. */
function saysYes(check: (body: string) => boolean, body: string): boolean {
  try {
    return check(body)
  } catch {
    return false
  }
}

function violation(schema: Schema, body: string): string | undefined {
  const value = parse(body)
  if (value === undefined) return 'the body is no JSON'
  const result = schema['~standard'].validate(value) as { issues?: { message: string; path?: unknown[] }[] }
  const [issue] = result.issues ?? []
  return (
    issue &&
    `the body does not fit its schema: ${[issue.path?.join('.'), issue.message].filter(Boolean).join(': ')}`
  )
}

export type Capture = (answer: Answer) => Scalar | undefined

export function compileCapture(source: CaptureSource): Capture {
  if ('json' in source) {
    const keys = source.json.split('.')
    return ({ body }) => scalar(keys.reduce(child, parse(body.toString())))
  }
  if ('header' in source) return answer => headerOf(answer, source.header)
  if ('cookie' in source) return answer => cookieOf(answer, source.cookie)
  const pattern = new RegExp(source.match)
  return ({ body }) => pattern.exec(body.toString())?.[1]
}

/** Puts what the captures find into the state; the name of one that found nothing. */
export function capture(captures: [string, Capture][], answer: Answer, state: Row): string | undefined {
  let missing: string | undefined
  for (const [name, take] of captures) {
    const value = take(answer)
    if (value === undefined) missing ??= name
    else state[name] = value
  }
  return missing
}

function cookieOf({ headers }: Answer, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() !== 'set-cookie') continue
    const [pair = ''] = headers[i + 1]!.split(';')
    if (pair.slice(0, pair.indexOf('=')).trim() === name) return pair.slice(pair.indexOf('=') + 1)
  }
  return undefined
}

const child = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined

const scalar = (value: unknown): Scalar | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
