/** What scenario, target and configuration files are written with. */
import type { Config } from '../model/config.ts'
import type { Phase, Rate } from '../model/load.ts'
import type { ContainedTarget, Scenario, Target, Variant } from '../model/scenario.ts'
import type { Body, FilePart, Row, Scalar, Step, StepOptions } from '../model/script.ts'

// Each of these only checks the type of what the file exports.
export const defineScenario = (scenario: Scenario): Scenario => scenario
export const defineTarget = <T extends Target | ContainedTarget>(target: T): T => target
export const defineConfig = (config: Config): Config => config

/** Variants that differ only in the version of Node: `nodeVersions(['22', '24.11.1', '26'])`. npm installs them. */
export const nodeVersions = (versions: string[]): Record<string, Variant> =>
  Object.fromEntries(
    versions.map(version => [`node-${version}`, { label: `Node ${version}`, node: `node@${version}` }]),
  )

/** A request with any method. */
export const request = (method: string, path: string, body?: Body, options: StepOptions = {}): Step => ({
  name: `${method} ${path}`,
  method,
  path,
  ...(body && { body }),
  ...options,
})

const plain = (method: string) => (path: string, options?: StepOptions) =>
  request(method, path, undefined, options)
const withBody = (method: string) => (path: string, body?: Body, options?: StepOptions) =>
  request(method, path, body, options)

export const get = plain('GET')
export const del = plain('DELETE')
export const post = withBody('POST')
export const put = withBody('PUT')
export const patch = withBody('PATCH')

/** A value as JSON. A text that is only a placeholder becomes the value itself, so a number stays a number. */
export const json = (value: unknown): Body => ({ kind: 'json', value })
/** Fields as a form sends them: `application/x-www-form-urlencoded`. */
export const form = (fields: Row): Body => ({ kind: 'form', fields })
/** Fields and files as `multipart/form-data`. */
export const multipart = (parts: Record<string, Scalar | FilePart>): Body => ({ kind: 'multipart', parts })
/** Text or bytes with any media type. */
export const raw = (content: string | Uint8Array, type: string): Body =>
  typeof content === 'string'
    ? { kind: 'raw', text: content, type }
    : { kind: 'bytes', base64: Buffer.from(content).toString('base64'), type }
/** The content of a file, unchanged. */
export const file = (path: string, type = 'application/octet-stream'): FilePart => ({
  kind: 'file',
  path,
  type,
})

/**
 * A unary gRPC call, such as `/shop.Orders/List`, with a message from a file in the encoding of the service. The load needs
 * `protocol: 'http/2'`.
 */
export const grpc = (call: string, path: string, { headers, ...options }: StepOptions = {}): Step =>
  request(
    'POST',
    call,
    { ...file(path, 'application/grpc'), grpc: true },
    { ...options, headers: { te: 'trailers', ...headers } },
  )

const steady = (name: string, rate: Rate, duration: number): Phase => ({
  name: `${name} ${rate}`,
  from: rate,
  to: rate,
  duration,
})

/** One rate, for this many ms. */
export const hold = (rate: Rate, duration: number): Phase[] => [steady('hold', rate, duration)]

/** From one rate to another in a straight line, within this many ms. */
export const ramp = (from: Rate, to: Rate, duration: number): Phase[] => [
  { name: `ramp ${from}–${to}`, from, to, duration },
]

/** One rate after another, each for this many ms. */
export const step = (rates: Rate[], duration: number): Phase[] =>
  rates.map(rate => steady('step', rate, duration))

/** A base rate, a burst, and the base rate again to show the recovery: a third of the time (ms) each. */
export const spike = (base: Rate, peak: Rate, duration: number): Phase[] => [
  steady('before the spike', base, duration / 3),
  steady('spike', peak, duration / 3),
  steady('after the spike', base, duration / 3),
]
