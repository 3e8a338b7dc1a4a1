/** A step of the script, made ready: what can be worked out before any request is sent has been. */
import type { HttpRequest } from '../model/requests.ts'
import type { Row, Step } from '../model/script.ts'
import { compileReceiver, type Receiver } from './answer.ts'
import { type CompiledBody, compileBody, type Files } from './body.ts'
import { asUri, pathTemplate, type Template, template, uriTemplate } from './template.ts'

export interface CompiledStep extends Receiver {
  name: string
  weight: number
  /** Placeholders in it. */
  names: string[]
  render(values: Row): HttpRequest
  /** Names of what it captures. */
  captured: string[]
}

export function compileStep(step: Step, files: Files): CompiledStep {
  const path = pathTemplate(step.path)
  const query = Object.entries(step.query ?? {}).map(([name, value]): [string, Template] => [
    asUri(name),
    uriTemplate(String(value)),
  ])
  const headers = Object.entries(step.headers ?? {}).map(([name, text]): [string, Template] => [
    name.toLowerCase(),
    template(text),
  ])
  const body = step.body && compileBody(step.body, files)
  const names = [path, ...query.map(second), ...headers.map(second), ...(body ? [body] : [])].flatMap(
    part => part.names,
  )
  const render = (values: Row): HttpRequest => ({
    method: step.method,
    path: path.fill(values) + queryText(query, values, step.path.includes('?')),
    headers: filled(headers, body, values),
    ...(body && { body: body.fill(values) }),
  })
  return {
    name: step.name,
    weight: step.weight ?? 0,
    names: [...new Set(names)],
    render: names.length > 0 ? render : constant(render({})),
    captured: Object.keys(step.capture ?? {}),
    ...compileReceiver(step, files),
  }
}

const constant = (request: HttpRequest) => () => request

const second = <T>([, value]: [string, T]): T => value

function queryText(query: [string, Template][], values: Row, continued: boolean): string {
  if (query.length === 0) return ''
  return (continued ? '&' : '?') + query.map(([name, value]) => `${name}=${value.fill(values)}`).join('&')
}

function filled(headers: [string, Template][], body: CompiledBody | undefined, values: Row) {
  return {
    ...(body && { 'content-type': body.type }),
    // A value from outside must not be able to add a header of its own.
    ...Object.fromEntries(
      headers.map(([name, text]) => [name, text.fill(values).replaceAll(/[\r\n\0]/g, ' ')]),
    ),
  }
}
