/** What a script becomes when it runs: the requests of each connection, made before a slice opens. */
import type { Row } from './script.ts'

export interface HttpRequest {
  method: string
  path: string
  headers: Record<string, string>
  /** Text is sent as UTF-8. */
  body?: string | Uint8Array
}

/** A request that is to be sent. */
export interface Ask {
  /** Index of the step; −1 for one of the setup. */
  step: number
  /** Absent while it waits for a captured value: then `render` makes it when its turn comes. */
  request?: HttpRequest
  row?: Row
}

export interface Answer {
  status: number
  /** Names and values in turn, as they came. */
  headers: string[]
  body: Buffer
}

/** The script on one connection, with the values that its answers have left there. */
export interface ScriptSession {
  readonly setup: Ask[]
  /** The setup, then every step once, in the order of the script. */
  readonly each: Ask[]
  nameOf(ask: Ask): string
  /** The requests of the script's runs `first` to `first + times − 1`; the same numbers give the same requests. */
  asks(first: number, times: number): Ask[]
  render(ask: Ask): HttpRequest
  /** Whether body and headers of its answer are looked at, not only the status. */
  reads(ask: Ask): boolean
  /** Captures what the step captures; what is wrong with the answer, in words, when something is. */
  receive(ask: Ask, answer: Answer): string | undefined
}

export interface Script {
  /** Requests in one run of it: all steps of a flow, one of a mix. */
  length: number
  /** Names of the steps. */
  steps: string[]
  /** @param connection number of the connection, from 0 */
  session(connection: number): ScriptSession
}
