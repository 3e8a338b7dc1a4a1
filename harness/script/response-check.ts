/** Checks whether a response is what the step expects, and captures values from it. */
import type { HttpResponse } from '../model/http.ts'
import type { CaptureSource, Expect, Row, Scalar, Schema, Step } from '../model/script.ts'
import { asksGraphql, withoutErrors } from './graphql.ts'
import { isCall, withoutFailure } from './grpc.ts'
import { isScalar, parsedJson } from './json.ts'
import type { Files } from './request-body.ts'
import { DecodedResponse, type Expectation, UnreadableBody, valuesOf } from './response.ts'
import { statusProblem } from './unexpected-status.ts'

export interface ResponseCheck {
  /** Whether it looks at more than the status. */
  reads: boolean
  /** Puts what the step captures into the state. @returns what is wrong with the response, as text, if anything is */
  receive(response: HttpResponse, state: Row): string | undefined
}

export function compileResponseCheck(step: Step, files: Files): ResponseCheck {
  const isExpected = expectedStatus(step.expect)
  const expectations = expectationsOf(step, files)
  const capture = step.capture && compileCaptures(step.capture)
  const reads = expectations.length > 0 || capture !== undefined
  const receive = (response: HttpResponse, state: Row) => {
    if (!isExpected(response.status)) return statusProblem(response)
    const { events } = response
    if (events !== undefined && events < step.events!)
      return `it ended after ${events} of ${step.events} events`
    if (!reads) return undefined
    const content = new DecodedResponse(response)
    try {
      for (const expectation of expectations) {
        const problem = expectation(content)
        if (problem) return problem
      }
      return capture?.(content, state)
    } catch (error) {
      // A body that cannot be read meets no expectation.
      if (error instanceof UnreadableBody) return error.message
      throw error
    }
  }
  return { reads, receive }
}

function expectedStatus({ status }: Expect = {}): (status: number) => boolean {
  if (status === undefined) return given => given >= 200 && given < 300
  const wanted = new Set([status].flat())
  return given => wanted.has(given)
}

/** Headers first, because they need no decoding. */
function expectationsOf(step: Step, files: Files): Expectation[] {
  const { headers = {}, body, graphqlErrors = !asksGraphql(step, files) } = step.expect ?? {}
  return [
    ...Object.entries(headers).map(([name, text]) => expectHeader(name, text)),
    ...(isCall(step) ? [withoutFailure] : []),
    ...(graphqlErrors ? [] : [withoutErrors]),
    ...(body === undefined ? [] : [expectBody(body)]),
  ]
}

function expectHeader(name: string, text: string): Expectation {
  return ({ headers }) => {
    const [value] = valuesOf(headers, name)
    if (value === undefined) return `no header ${name}`
    return value.includes(text) ? undefined : `header ${name} without \`${text}\``
  }
}

function expectBody(expected: NonNullable<Expect['body']>): Expectation {
  if (typeof expected === 'string')
    return ({ text }) => (text.includes(expected) ? undefined : `body without \`${expected}\``)
  if (typeof expected === 'function')
    return ({ text }) => {
      try {
        if (expected(text)) return undefined
      } catch {
        // A check that throws does not accept the body.
      }
      return 'the body is not as expected'
    }
  return ({ text }) => violation(expected, text)
}

interface Issue {
  message: string
  path?: unknown[]
}

function violation(schema: Schema, body: string): string | undefined {
  const value = parsedJson(body)
  if (value === undefined) return 'the body is not JSON'
  const { issues } = schema['~standard'].validate(value) as { issues?: Issue[] }
  if (!issues?.[0]) return undefined
  const { message, path = [] } = issues[0]
  return `the body does not fit its schema: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`
}

/** Puts the captured values into the state. @returns a problem if one of them is missing */
function compileCaptures(sources: Record<string, CaptureSource>) {
  const captures = Object.entries(sources).map(([name, source]) => ({ name, take: compileCapture(source) }))
  return (response: DecodedResponse, state: Row): string | undefined => {
    let missing: string | undefined
    for (const { name, take } of captures) {
      const value = take(response)
      if (value === undefined) missing ??= name
      else state[name] = value
    }
    return missing && `nothing to capture as \`${missing}\``
  }
}

function compileCapture(source: CaptureSource): (response: DecodedResponse) => Scalar | undefined {
  if ('json' in source) {
    const keys = source.json.split('.')
    return ({ text }) => {
      const value = keys.reduce(child, parsedJson(text))
      return isScalar(value) ? value : undefined
    }
  }
  if ('header' in source) return ({ headers }) => valuesOf(headers, source.header)[0]
  if ('cookie' in source) return ({ headers }) => cookieOf(headers, source.cookie)
  const pattern = new RegExp(source.match)
  return ({ text }) => pattern.exec(text)?.[1]
}

function cookieOf(headers: string[], name: string): string | undefined {
  for (const cookie of valuesOf(headers, 'set-cookie')) {
    const [pair = ''] = cookie.split(';')
    if (pair.slice(0, pair.indexOf('=')).trim() === name) return pair.slice(pair.indexOf('=') + 1)
  }
  return undefined
}

const child = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
