/** Services that are code of a line or two, launched as a round launches them, and waited for. */
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { discard, freshAddress } from '../../harness/measure/harness/address.ts'
import { ready } from '../../harness/measure/harness/readiness.ts'
import { newIdentity, Service } from '../../harness/measure/harness/service.ts'
import type { Plan } from '../../harness/model/plan.ts'
import type { Target } from '../../harness/model/scenario.ts'

const TLS = join(import.meta.dirname, '../fixtures/tls')
export const SIGNED = `const { readFileSync } = require('fs'); const tls = name => readFileSync(${JSON.stringify(TLS)} + '/' + name + '.pem')
const signed = { key: tls('key'), cert: tls('certificate') }
`
export const PORT = 'Number(process.env.PORT)'
export const http = (answer: string, where = `${PORT}, '127.0.0.1'`) =>
  `require('http').createServer((request, response) => { ${answer} }).listen(${where})\n`
export const OK = 'response.end()'

const services: Service[] = []

/** To be called once in a test file. */
export function stopAfterEach(): void {
  afterEach(async () => {
    await Promise.all(services.map(service => service.stop(0)))
    for (const { address } of services.splice(0)) discard(address)
  })
}

export interface Way {
  ready?: string
  listen?: Target['listen']
  protocol?: 'http/2'
  timeout?: number
  limits?: { readiness: number }
}

export async function start(
  code: string,
  { listen = 'http', protocol }: Way = {},
  id = 'a',
): Promise<Service> {
  const command = [process.execPath, '-e', code]
  const variant = { id, label: id, command, directory: '/', environment: {}, node: '' }
  const service = new Service(variant, {
    identity: newIdentity(),
    address: await freshAddress(listen, protocol),
    plan: { target: { gracefulShutdown: 200 }, warmup: {} } as Plan,
    socket: '',
    environment: process.env,
  })
  services.push(service)
  return service
}

/** Generous, because start-up time is not under test, except where nobody listens. */
export const wait = (
  service: Service,
  { ready: path, timeout = 60_000, limits }: Way = {},
  round = [service],
) =>
  ready(
    service,
    {
      target: { ...(path && { ready: path }), timeout, gracefulShutdown: 0 },
      warmup: {},
      limits,
    } as unknown as Plan,
    new AbortController().signal,
    round,
  )

/** What is said of a service that never becomes ready. */
export async function failure(code: string, way: Way = {}) {
  const service = await start(code, way)
  const error = await wait(service, way).then(
    () => expect.unreachable(),
    (error: { message: string; advice: string; details: string }) => error,
  )
  const clean = (text: string) => text.replaceAll(service.address.port, '$PORT')
  return { message: clean(error.message), advice: clean(error.advice), details: clean(error.details) }
}
