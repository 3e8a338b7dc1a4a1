/** What a script sends and receives: the requests of each connection, planned before a slice opens. */
import type { Row } from './script.ts'

export interface HttpRequest {
  method: string
  path: string
  headers: Record<string, string>
  /** Text is sent as UTF-8. */
  body?: string | Uint8Array
}

export interface HttpResponse {
  status: number
  /** Names and values in turn, as they came. */
  headers: string[]
  body: Buffer
  /** Server-sent events that it had, if the step waits for some. */
  events?: number
}

/** A request that was answered, perhaps by a redirect. */
export interface Hop {
  request: HttpRequest
  response: HttpResponse
  /** The service's origin. */
  origin: string
  /** Redirects that the step has followed before. */
  followed: number
}

export interface PlannedRequest {
  /** Index of the step; −1 is the first step of the setup, −2 the second. */
  step: number
  /** Absent while it waits for a captured value: `render` makes it when its turn comes. */
  request?: HttpRequest
  row?: Row
}

/** The script on one connection, with the values captured there. */
export interface ScriptSession {
  readonly setup: PlannedRequest[]
  /** The setup, then every step once, in the order of the script. */
  readonly each: PlannedRequest[]
  nameOf(planned: PlannedRequest): string
  /** The requests of the script's runs `first` to `first + times − 1`; the same numbers give the same requests. */
  requests(first: number, times: number): PlannedRequest[]
  render(planned: PlannedRequest): HttpRequest
  /** Whether the script looks at more of the response than its status. */
  reads(planned: PlannedRequest): boolean
  /** Server-sent events after which the response is complete. */
  events(planned: PlannedRequest): number | undefined
  /** The request to which the service redirects, unless the step follows no more redirects. */
  follow(planned: PlannedRequest, hop: Hop): HttpRequest | undefined
  /** Captures what the step captures. @returns what is wrong with the response, as text, if anything is */
  receive(planned: PlannedRequest, response: HttpResponse): string | undefined
}

export interface Script {
  /** Requests in one run of it: all steps of a flow, one of a mix. */
  length: number
  /** Names of the steps. */
  steps: string[]
  /** @param connection number of the connection, from 0 */
  session(connection: number): ScriptSession
}
