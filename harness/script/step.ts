/** Compiles a step of the script: computes everything that can be computed before a request is sent. */
import type { HttpRequest } from '../model/http.ts'
import type { Row, Step } from '../model/script.ts'
import { type CompiledBody, compileBody, type Files } from './request-body.ts'
import { compileResponseCheck, type ResponseCheck } from './response-check.ts'
import { asUri, jsonTemplate, pathTemplate, type Template, template, uriTemplate } from './template.ts'

export interface CompiledStep extends ResponseCheck {
  name: string
  weight: number
  /** Server-sent events that it waits for. */
  events?: number
  /** Redirects that it follows. */
  redirects: number
  /** Names of its placeholders. */
  names: string[]
  render(values: Row): HttpRequest
  /** Names of the values that it captures. */
  captured: string[]
}

export function compileStep(step: Step, files: Files): CompiledStep {
  const path = pathTemplate(step.path)
  const query = Object.entries(step.query ?? {}).map(([name, value]): Field => {
    return [asUri(name), uriTemplate(String(value))]
  })
  const headers = Object.entries(step.headers ?? {}).map(([name, text]): Field => {
    return [name.toLowerCase(), template(text)]
  })
  const body = step.body && compileBody(step.body, files)
  const texts = [...query, ...headers].map(([, text]) => text)
  const names = [path, ...texts, body].flatMap(part => part?.names ?? [])
  const joint = step.path.includes('?') ? '&' : '?'
  const render = (values: Row): HttpRequest => ({
    method: step.method,
    path: path.fill(values) + queryText(query, values, joint),
    headers: filled(headers, body, values),
    body: body?.fill(values),
  })
  return {
    name: step.name,
    weight: step.weight ?? 0,
    events: step.events,
    redirects: step.redirects ?? 0,
    names: [...new Set(names)],
    render: names.length > 0 ? render : constant(render({})),
    captured: Object.keys(step.capture ?? {}),
    ...compileResponseCheck(step, files),
  }
}

/** Names of the placeholders of a step. Every text can hold them, and the path has two ways to write them. */
export function placeholders({ path, query, headers, body }: Step): string[] {
  const texts = jsonTemplate({ query, headers, body: body?.kind === 'bytes' ? undefined : body })
  return [...new Set([...pathTemplate(path).names, ...texts.names])]
}

const constant = (request: HttpRequest) => () => request

type Field = [name: string, text: Template]

function queryText(query: Field[], values: Row, joint: string): string {
  if (query.length === 0) return ''
  return joint + query.map(([name, text]) => `${name}=${text.fill(values)}`).join('&')
}

function filled(headers: Field[], body: CompiledBody | undefined, values: Row) {
  const all: Record<string, string> = body ? { 'content-type': body.type } : {}
  // A value from outside must not be able to add a header.
  for (const [name, text] of headers) all[name] = text.fill(values).replaceAll(/[\r\n\0]/g, ' ')
  return all
}
