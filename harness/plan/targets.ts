/** Targets that are started, that run in an image, or that already run: which settings fit together. */
import { dirname } from 'node:path'
import type { PlannedVariant } from '../model/plan.ts'
import type { Scenario, Target, Variant } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { engineFor } from './container.ts'

/** Whether a text is the origin of an HTTP service: without a path, a query or a password. */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
}

type Settings = Record<string, unknown>

interface Written {
  target: Settings
  variants?: Record<string, Settings>
}

interface Mistake {
  path: string[]
  /** Completes “it must be …”. */
  message: string
}

const OF_TARGET = ['name', 'ready', 'timeout']
const OF_VARIANT = ['label', 'url', 'pid', 'container', 'probe']

/** What the shape of a scenario does not say: whether the settings of its target and its variants fit together. */
export function mistakesOfTarget({ target, variants = {} }: Written): Mistake[] {
  const entries = Object.entries(variants)
  return entries.some(([, { url }]) => url !== undefined)
    ? mistakesOfUrls(target, entries)
    : mistakesOfCommand(target, entries)
}

function mistakesOfCommand(target: Settings, variants: [string, Settings][]): Mistake[] {
  const needed = {
    ...(target.container === undefined && { command: "a list of words, for example ['node', 'server.js']" }),
    directory: 'an absolute path, for example `import.meta.dirname`',
  }
  const missing = Object.entries(needed).filter(([key]) => target[key] === undefined)
  return [
    ...missing.map(([key, message]) => ({ path: ['target', key], message })),
    ...variants.flatMap(([id, variant]) =>
      Object.keys(variant).flatMap(key => {
        const why = variant[key] === undefined ? undefined : outOfPlace(key, target)
        return why === undefined ? [] : [{ path: ['variants', id, key], message: `left out, since ${why}` }]
      }),
    ),
    ...mistakesOfContainer(target, variants),
  ]
}

/** Why a setting of a variant means nothing for a service that is started. */
function outOfPlace(key: string, { container }: Settings): string | undefined {
  if (['pid', 'probe', 'container'].includes(key)) return 'there is no `url`'
  if (key === 'image' && container === undefined) return 'the target has no `container`'
  return key === 'node' && container !== undefined ? 'the image has its own' : undefined
}

function mistakesOfContainer({ container }: Settings, variants: [string, Settings][]): Mistake[] {
  if (container === undefined) return []
  const { image, build, compose, service } = container as Settings
  const named = variants.filter(([, variant]) => variant.image !== undefined).length
  const mistake = (key: string, message: string) => [{ path: ['target', 'container', key], message }]
  const own = [['image', image] as const, ['build', build] as const].find(([, value]) => value !== undefined)
  if (compose !== undefined && own) return mistake(own[0], 'left out, since the compose file says it')
  if (compose === undefined && service !== undefined)
    return mistake('service', 'left out, since there is no `compose`')
  if (compose !== undefined) return []
  if (build !== undefined && (image !== undefined || named > 0))
    return mistake('build', 'left out, since an `image` is named')
  const isEach = named > 0 && named === variants.length
  if (build !== undefined || image !== undefined || isEach) return []
  return mistake('image', 'the name of an image, unless there is `build`, or each variant has one')
}

function mistakesOfUrls(target: Settings, variants: [string, Settings][]): Mistake[] {
  const extra = (settings: Settings, known: string[], path: string[]) =>
    Object.keys(settings)
      .filter(key => settings[key] !== undefined && !known.includes(key))
      .map(key => ({ path: [...path, key], message: 'left out, since the service already runs' }))
  const seen = new Map<unknown, string>()
  return [
    ...extra(target, OF_TARGET, ['target']),
    ...variants.flatMap(([id, settings]) => {
      const twin = seen.get(settings.url)
      seen.set(settings.url, id)
      const wrong = wrongUrl(settings.url, twin)
      const own = wrong === undefined ? [] : [{ path: ['variants', id, 'url'], message: wrong }]
      return [...extra(settings, OF_VARIANT, ['variants', id]), ...own]
    }),
  ]
}

/** @param twin another variant with the same one */
function wrongUrl(url: unknown, twin: string | undefined): string | undefined {
  if (typeof url !== 'string') return 'the origin of a service, since another variant has one'
  return twin && `another one than that of \`${twin}\`: \`--aa\` measures a service against itself`
}

/** The target as everything else knows it: one that runs, or whose image knows how to start, has an empty command. */
export const completed = (target: Scenario['target'], file: string): Target => ({
  directory: dirname(file),
  command: [],
  ...target,
})

export const planRunning = (
  id: string,
  { label = id, url, pid, container, probe }: Variant & { url: string },
  { directory }: Target,
  world: World,
  file: string,
): PlannedVariant => ({
  id,
  label,
  command: [],
  directory,
  environment: {},
  node: world.platform.execPath,
  url: new URL(url).origin,
  pid,
  ...(container !== undefined && { inside: { engine: engineFor(world, file), name: container } }),
  probe,
})
