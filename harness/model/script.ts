/** What a user writes about which requests are sent: steps, bodies, captures, expectations and data. */

/** Largest number of steps of a script. */
export const MOST_STEPS = 1_000

export type Scalar = string | number | boolean
/** Values by name, for the placeholders of one run of the script. */
export type Row = Record<string, Scalar>

/** A body, made by `json`, `form`, `multipart`, `raw` or `file`. Texts in it can hold placeholders. */
export type Body =
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; fields: Row }
  | { kind: 'multipart'; parts: Record<string, Scalar | FilePart> }
  | { kind: 'raw'; text: string; type: string }
  | { kind: 'bytes'; base64: string; type: string }
  | FilePart

/** The unchanged content of a file; `path` is absolute or relative to the scenario's file. */
export interface FilePart {
  kind: 'file'
  path: string
  type: string
  /** Sent as a gRPC message. */
  grpc?: boolean
}

/** The part of an answer that is captured: a dotted path into JSON, a header, a cookie, or the first group of a pattern. */
export type CaptureSource = { json: string } | { header: string } | { cookie: string } | { match: string }

/** A schema of any library that follows https://standardschema.dev, for example Zod's. */
export interface Schema {
  '~standard': { validate(value: unknown): unknown }
}

export type BodyCheck = (body: string) => boolean

/** What an answer must be like. Any other answer is counted as unexpected, and a sample of it is kept. */
export interface Expect {
  /** Default: any from 200 to 299. */
  status?: number | number[]
  /** Text that the value of a header must contain, by the header's name. */
  headers?: Record<string, string>
  /** Text that the body must contain, a function that accepts or rejects it, or a schema for its JSON. */
  body?: string | BodyCheck | Schema
  /**
   * Whether a GraphQL answer may have `errors`. Default: false for a GraphQL step, known by its path (`/graphql`) or a
   * document in its body. An explicit false makes any step a GraphQL step.
   */
  graphqlErrors?: boolean
}

/**
 * One request of the script. `{{name}}` in any text, and `:name` as a part of the path, are replaced by a value of the
 * data or a captured one. A backslash before `{{name}}` keeps the text.
 */
export interface Step {
  /** Shown in reports; defaults to `GET /path`. */
  name: string
  method: string
  /** Path with query, starting with a slash. */
  path: string
  query?: Row
  headers?: Record<string, string>
  body?: Body
  /** Values for later steps on the same connection, by name. */
  capture?: Record<string, CaptureSource>
  expect?: Expect
  /**
   * Server-sent events that make the answer complete; the connection is closed then. A stream without an end needs this.
   */
  events?: number
  /**
   * Redirects to the same service that are followed, on the same connection; the latency is that of all requests together. Default 0.
   */
  redirects?: number
  /** How often the step is sent in a mix, relative to the weights of the others. */
  weight?: number
}

export type StepOptions = Partial<Omit<Step, 'method' | 'path' | 'body'>>

/**
 * Values for each run of the script: a list that is used again and again, a file (CSV with a header line, or JSON
 * lines), or a function of seeded random numbers (uniform in [0, 1)) and the number of the run.
 */
export type Data = Row[] | { file: string } | ((random: () => number, index: number) => Row)
