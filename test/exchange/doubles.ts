/** Stores as their documentation describes them, with windows whose costs are known. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { encodePprof } from '../../harness/formats/index.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'

export interface Asked {
  path: string
  query: URLSearchParams
  body: Buffer
  headers: IncomingMessage['headers']
}

/** A server that keeps what it was asked. */
export async function serverWith(
  answer: (asked: Asked) => { status?: number; type?: string; body?: string | Uint8Array },
) {
  const asked: Asked[] = []
  const listener: RequestListener = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
    const body = Buffer.concat(await request.toArray())
    const one = { path: pathname, query: searchParams, body, headers: request.headers }
    asked.push(one)
    const { status = 200, type = 'application/json', body: text = '' } = answer(one)
    response.writeHead(status, { 'content-type': type }).end(text)
  }
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** pprof of a service: `parse` takes some ms, and `handle` above it ten. */
export function windowWith(milliseconds: number): Uint8Array {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const frame = (name: string, line: number) => builder.location(builder.function(name, '/srv/app.js', line))
  const handle = builder.stack(-1, frame('handle', 3))
  builder.sample(handle, [10e6])
  if (milliseconds > 0) builder.sample(builder.stack(handle, frame('parse', 12)), [milliseconds * 1e6])
  return encodePprof(builder.build())
}

const TYPES = ['wall:cpu:nanoseconds:wall:nanoseconds', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds']
export const PODS = ['a', 'b']

/** ms of `parse` in a window: more in version 1.5, and never twice the same. */
const costOf = (selector: string, from: number): number =>
  (/version="1\.5"/.test(selector) ? 30 : 20) +
  (/pod="b"/.test(selector) ? 1 : 0) +
  (Math.floor(from / 60_000) % 5) / 10

/** Texts and numbers by their field, of a flat message. */
export function fieldsOf(bytes: Uint8Array): Record<number, string | number> {
  const fields: Record<number, string | number> = {}
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    if ((key & 7) === 0) fields[key >> 3] = varint()
    else {
      const length = varint()
      fields[key >> 3] = Buffer.from(bytes.subarray(at, at + length)).toString()
      at += length
    }
  }
  return fields
}

const PYROSCOPE = '/querier.v1.QuerierService/'

/** @param types of its profiles */
export const pyroscopeDouble = (types = TYPES) =>
  serverWith(({ path, body }) => {
    if (path === `${PYROSCOPE}Series`) {
      const { labelNames } = JSON.parse(body.toString()) as { labelNames: string[] }
      const parts = labelNames.includes('pod') ? PODS : ['']
      const labelsSet = types.flatMap(type =>
        parts.map(pod => ({
          labels: [
            { name: '__profile_type__', value: type },
            ...(pod === '' ? [] : [{ name: 'pod', value: pod }]),
          ],
        })),
      )
      return { body: JSON.stringify({ labelsSet }) }
    }
    if (path === `${PYROSCOPE}SelectMergeProfile`) {
      const { 2: selector, 3: from } = fieldsOf(body)
      return { type: 'application/proto', body: windowWith(costOf(String(selector), Number(from))) }
    }
    return { status: 404 }
  })

export const parcaDouble = () =>
  serverWith(({ path, query }) => {
    if (path === '/api/profiles/types') {
      const [name, sampleType, sampleUnit] = ['process_cpu', 'cpu', 'nanoseconds']
      return {
        body: JSON.stringify({
          types: [
            { name, sampleType, sampleUnit, periodType: 'cpu', periodUnit: 'nanoseconds', delta: true },
          ],
        }),
      }
    }
    if (path === '/api/profiles/labels/pod/values') return { body: JSON.stringify({ labelValues: PODS }) }
    if (path === '/api/profiles/query') {
      const profile = windowWith(costOf(query.get('query')!, Date.parse(query.get('merge.start')!)))
      return { body: JSON.stringify({ pprof: Buffer.from(profile).toString('base64') }) }
    }
    return { status: 404 }
  })
