/** HAR files with a few entries, and the scenarios made of them. */
import * as api from '../../../harness/index.ts'
import type { Scenario } from '../../../harness/model/scenario.ts'
import { scenarioFrom } from '../../../harness/script/import/index.ts'
import { compileScript } from '../../../harness/script/index.ts'

export const scenarioFromHar = (content: string | Uint8Array, service: string) =>
  scenarioFrom('har', { name: 'shop.har', content }, service)

export const har = (entries: unknown[]) => JSON.stringify({ log: { version: '1.2', entries } })

export const entry = (method: string, url: string, more: object = {}, status = 200) => ({
  request: { method, url, headers: [], ...more },
  response: { status },
})
export const headers = (all: Record<string, string>) =>
  Object.entries(all).map(([name, value]) => ({ name, value }))
export const posted = (mimeType: string, text: string, more: object = {}) =>
  entry('POST', 'http://a.test/x', { postData: { mimeType, text, ...more } })

export const textOf = (entries: unknown[]) => scenarioFromHar(har(entries), '../targets/shop.ts').text

/** The scenario in the text, as Node would load it. */
export function load(text: string): Scenario {
  const body = text.replaceAll(/^import .*$/gm, '').replace('export default', 'return')
  const service = { name: 'shop', command: ['node', 'server.js'], directory: '/app' }
  return new Function(...Object.keys(api), 'service', body)(...Object.values(api), service) as Scenario
}

/** The requests that the scenario sends, with these secrets in the environment. */
export function sent(entries: unknown[], secrets: Record<string, string> = {}) {
  Object.assign(process.env, secrets)
  try {
    const { steps, data } = load(textOf(entries)).load
    const rows = data as { [name: string]: string }[] | undefined
    const session = compileScript({ steps, connections: 1, ...(rows && { data: rows }) }, {}, 1).session(0)
    return session.each.map(planned => {
      const request = session.render(planned)
      return { ...request, ...(request.body && { body: Buffer.from(request.body).toString() }) }
    })
  } finally {
    for (const name of Object.keys(secrets)) delete process.env[name]
  }
}
