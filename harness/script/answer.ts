/** What is done with an answer: values captured from it, and the question whether it is what was expected. */
import type { Answer } from '../model/requests.ts'
import type { CaptureSource, Expect, Row, Scalar, Schema, Step } from '../model/script.ts'
import type { Files } from './body.ts'
import { type Check, parsed, Received, UnreadableBody, valuesOf } from './content.ts'
import { asksGraphql, withoutErrors } from './graphql.ts'
import { statusProblem } from './limiter.ts'

export interface Receiver {
  /** Whether more than the status is looked at. */
  reads: boolean
  /** Puts what the step captures into the state; what is wrong with the answer, in words, when something is. */
  receive(answer: Answer, state: Row): string | undefined
}

export function compileReceiver(step: Step, files: Files): Receiver {
  const { expect = {} } = step
  const isExpected = compileStatus(expect)
  const checks = compileChecks(step, files)
  const captures = Object.entries(step.capture ?? {}).map(([name, source]): [string, Capture] => [
    name,
    compileCapture(source),
  ])
  const reads = checks.length > 0 || captures.length > 0
  const receive = (answer: Answer, state: Row) => {
    if (!isExpected(answer.status)) return statusProblem(answer)
    return reads ? problemWith(new Received(answer), checks, captures, state) : undefined
  }
  return { reads, receive }
}

/** The first expectation that is not met is the reason; a body that cannot be read meets none. */
function problemWith(
  received: Received,
  checks: Check[],
  captures: [string, Capture][],
  state: Row,
): string | undefined {
  try {
    for (const check of checks) {
      const problem = check(received)
      if (problem) return problem
    }
    return capture(captures, received, state)
  } catch (error) {
    if (error instanceof UnreadableBody) return error.message
    throw error
  }
}

function compileStatus({ status }: Expect): (status: number) => boolean {
  if (status === undefined) return given => given >= 200 && given < 300
  const wanted = new Set([status].flat())
  return given => wanted.has(given)
}

/** In the order headers, body. */
function compileChecks(step: Step, files: Files): Check[] {
  const { headers = {}, body, graphqlErrors = !asksGraphql(step, files) } = step.expect ?? {}
  return [
    ...Object.entries(headers).map(
      ([name, text]): Check =>
        ({ answer }) => {
          const [value] = valuesOf(answer, name)
          if (value === undefined) return `no header ${name}`
          return value.includes(text) ? undefined : `header ${name} without \`${text}\``
        },
    ),
    ...(graphqlErrors ? [] : [withoutErrors]),
    ...(body === undefined ? [] : [compileBodyCheck(body)]),
  ]
}

function compileBodyCheck(expected: NonNullable<Expect['body']>): Check {
  if (typeof expected === 'string')
    return ({ text }) => (text.includes(expected) ? undefined : `body without \`${expected}\``)
  if (typeof expected === 'function')
    return ({ text }) => (saysYes(expected, text) ? undefined : 'the body is not as expected')
  return ({ text }) => violation(expected, text)
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
  const value = parsed(body)
  if (value === undefined) return 'the body is not JSON'
  const result = schema['~standard'].validate(value) as { issues?: { message: string; path?: unknown[] }[] }
  const [issue] = result.issues ?? []
  return (
    issue &&
    `the body does not fit its schema: ${[issue.path?.join('.'), issue.message].filter(Boolean).join(': ')}`
  )
}

type Capture = (received: Received) => Scalar | undefined

function compileCapture(source: CaptureSource): Capture {
  if ('json' in source) {
    const keys = source.json.split('.')
    return ({ text }) => scalar(keys.reduce(child, parsed(text)))
  }
  if ('header' in source) return ({ answer }) => valuesOf(answer, source.header)[0]
  if ('cookie' in source) return ({ answer }) => cookieOf(answer, source.cookie)
  const pattern = new RegExp(source.match)
  return ({ text }) => pattern.exec(text)?.[1]
}

/** Puts what the captures find into the state; what is wrong when one finds nothing. */
function capture(captures: [string, Capture][], received: Received, state: Row): string | undefined {
  let missing: string | undefined
  for (const [name, take] of captures) {
    const value = take(received)
    if (value === undefined) missing ??= name
    else state[name] = value
  }
  return missing && `nothing to capture as \`${missing}\``
}

function cookieOf(answer: Answer, name: string): string | undefined {
  for (const cookie of valuesOf(answer, 'set-cookie')) {
    const [pair = ''] = cookie.split(';')
    if (pair.slice(0, pair.indexOf('=')).trim() === name) return pair.slice(pair.indexOf('=') + 1)
  }
  return undefined
}

const child = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined

const scalar = (value: unknown): Scalar | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
