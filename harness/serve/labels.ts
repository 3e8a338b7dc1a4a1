/** Labels as agents send them. */
import { Refusal } from './refusal.ts'

/** Whatever somebody sends ends up on a page and in an index. */
const MOST = { labels: 64, name: 200, value: 1_000 }

export interface Named {
  service: string
  version: string
  labels: Record<string, string>
}

/** Labels that say which version it is, the surest first. */
const VERSIONS = ['version', 'service_version', 'service_git_ref', 'commit']
/** Labels of agents for themselves. */
const INTERNAL = /^__/

/** `shop{version=1.4,pod=a}` @throws Refusal */
export function readName(name: string): Named {
  const [, service = '', inside] = /^([^{}]*)(?:\{(.*)\})?$/s.exec(name.trim()) ?? []
  const pairs = (inside ?? '')
    .split(',')
    .filter(pair => pair.trim() !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=')
      if (at < 1) throw new Refusal(400, 'name: labels are written like app{version=1.4,pod=a}.')
      return [
        pair.slice(0, at).trim(),
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/s, '$1'),
      ]
    })
  return readLabels([['service_name', service.trim()], ...pairs])
}

/** @throws Refusal when no service is named, or there are too many labels or too long ones */
export function readLabels(pairs: [string, string][]): Named {
  if (pairs.length > MOST.labels) throw new Refusal(400, `there are more than ${MOST.labels} labels.`)
  for (const [name, value] of pairs)
    if (name.length > MOST.name || value.length > MOST.value) throw new Refusal(400, 'a label is too long.')
  const all = new Map(pairs)
  const service = all.get('service_name') ?? ''
  if (service === '') throw new Refusal(400, 'no service is named: set the label service_name.')
  const key = VERSIONS.find(name => all.has(name))
  const labels = pairs.filter(([name]) => name !== 'service_name' && name !== key && !INTERNAL.test(name))
  return { service, version: key === undefined ? '' : all.get(key)!, labels: Object.fromEntries(labels) }
}
