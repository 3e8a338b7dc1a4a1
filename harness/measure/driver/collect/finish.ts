/** Turns what the collectors brought back into results, with functions at their places in the sources. */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodePprof, ProfileError } from '../../../formats/index.ts'
import type { Collected, Collector } from '../../../model/capabilities.ts'
import type { CollectorResult, Constructors } from '../../../model/launch.ts'
import type { Plan } from '../../../model/plan.ts'
import { labelMoments, mergeProfiles, plainPath } from '../../../profile/index.ts'
import { limitsOf } from '../../../scenario/limits.ts'
import {
  type Compiled,
  hasLinesOf,
  readSourceMap,
  relocate,
  type ScriptText,
} from '../../../source-maps/index.ts'
import { sum } from '../../../stats/describe.ts'
import type { LaunchScripts } from '../../both/messages.ts'
import { within } from '../../both/time-limit.ts'
import type { Script, Scripts } from '../agent/replies.ts'
import type { Agent } from '../agent/server.ts'
import { columns, type Launch, LaunchFailure } from '../launch.ts'
import type { Taken } from './profile.ts'

/** By collector name. */
type Results = Record<string, CollectorResult>

/**
 * To be called when everything is measured, because it wakes V8's debugger.
 *
 * @param taken from each launch
 * @returns both in the order of the launches
 */
export async function finishResults(
  launches: Pick<Launch, 'variant' | 'agents'>[],
  taken: Taken[][],
  plan: Plan,
  round: number,
): Promise<{ results: Results[]; scripts: LaunchScripts[] }> {
  const results: Results[] = []
  const scripts: LaunchScripts[] = []
  for (const [i, { variant, agents }] of launches.entries()) {
    const files = taken[i]!.flatMap(({ collected }) => collected.flatMap(filesOf))
    const urls = new Map(files.map(file => [file, urlOf(file)]))
    const listed = await listScripts(agents, urls.values(), limitsOf(plan).slice).catch(cause => {
      throw new LaunchFailure(variant, 'last', cause)
    })
    const known = Map.groupBy(listed.scripts, ({ url }) => url)
    const texts = new Map([...urls].map(([file, url]) => [file, textOf(url, known.get(url))]))
    const labels = { scenario: plan.scenario, variant, round }
    results.push(
      Object.fromEntries(
        taken[i]!.map(({ collector, slices, collected, seen }): [string, CollectorResult] => {
          const { figures, ...rest } = merged(collected, collector, labels, url => texts.get(url))
          return [collector.name, { slices: columns(slices), ...rest, figures: { ...figures, ...seen } }]
        }),
      ),
    )
    const unknown = [...urls].filter(([file]) => !texts.get(file)!.asOnDisk && !texts.get(file)!.map)
    scripts.push({ loaded: listed.loaded, unknown: [...new Set(unknown.map(([, url]) => url))] })
  }
  return { results, scripts }
}

/**
 * Merges what a collector brought back from each process and thread of a launch.
 *
 * @param labels for every sample of the profile
 * @param scriptOf what is known about a script
 */
export function merged(
  collected: Collected[],
  { sums = [] }: Pick<Collector, 'sums'>,
  labels: Record<string, string | number>,
  scriptOf: (url: string) => ScriptText | undefined = () => undefined,
): Omit<CollectorResult, 'slices'> {
  const profiles = collected.flatMap(({ profile }) =>
    profile ? [labelMoments(relocate(profile, scriptOf))] : [],
  )
  const pauses = collected.flatMap(({ pauses }) => pauses ?? [])
  const figures: Record<string, number> = Object.assign({}, ...collected.map(({ figures }) => figures))
  for (const name of sums) figures[name] = sum(collected.map(({ figures }) => figures[name]!))
  return {
    profile:
      profiles.length > 0
        ? Buffer.from(encodePprof(mergeProfiles(profiles), labels)).toString('base64')
        : undefined,
    pauses:
      pauses.length > 0
        ? {
            kind: pauses.flatMap(({ kind }) => kind),
            duration: pauses.flatMap(({ duration }) => duration),
            before: pauses.flatMap(({ before }) => before),
            after: pauses.flatMap(({ after }) => after),
            at: pauses.every(({ at }) => at) ? pauses.flatMap(({ at }) => at!) : undefined,
          }
        : undefined,
    constructors: collected.flatMap(({ constructors }) => constructors ?? []).toSorted(mostGrown)[0],
    figures,
  }
}

/** Snapshots of several processes do not add up. The one that grew most says most. */
const mostGrown = (a: Constructors, b: Constructors): number => growth(b) - growth(a)

const growth = ({ self: [before, after] }: Constructors): number => sum(after) - sum(before)

/** Files of a profile's functions, without Node's own. */
function filesOf({ profile }: Collected): string[] {
  if (!profile) return []
  const files = new Set(profile.functions.file)
  return [...files]
    .map(file => profile.strings[file]!)
    .filter(file => file !== '' && !file.startsWith('node:'))
}

/** V8's heap profiles name CommonJS modules by path. All other names are URLs. */
const urlOf = (file: string): string => (isAbsolute(file) ? pathToFileURL(file).href : file)

/** Asks one thread after another, for each script only until one has sent it, because all run the same files. */
async function listScripts(agents: Agent[], urls: Iterable<string>, limit: number): Promise<Scripts> {
  const loaded = new Set<string>()
  const scripts: Script[] = []
  const open = new Set(urls)
  for (const agent of agents) {
    const work = listedBy(agent, [...open])
    const listed = await within(limit, 'the list of scripts was not there', work)
    for (const url of listed.loaded) loaded.add(url)
    for (const { url } of listed.scripts) open.delete(url)
    scripts.push(...listed.scripts)
  }
  return { loaded: [...loaded], scripts }
}

/** A thread can end before it replies, as those of a pool do. */
async function listedBy(agent: Agent, urls: string[]): Promise<Scripts> {
  try {
    return await agent.scripts(urls)
  } catch (error) {
    if (agent.alive) throw error
    return { loaded: [], scripts: [] }
  }
}

/** Without a file there are no lines to compare, so V8's lines stay unless there is a map. */
const isFile = (url: string) => url.startsWith('file:')

/** After a reload there are several scripts under a URL. It is unknown which one a function comes from, so they must agree. */
export function textOf(url: string, own: Script[] = []): ScriptText {
  const [first] = own
  if (!first) return { asOnDisk: !isFile(url) }
  const file = contentOf(url)
  const isOnDisk = ({ asOnDisk, text }: Script) =>
    asOnDisk || (text !== undefined && file !== undefined && hasLinesOf(text, file))
  const isSame = ({ asOnDisk, text, map }: Script) =>
    asOnDisk === first.asOnDisk && text === first.text && map === first.map
  const map =
    own.every(isSame) && first.map !== undefined
      ? mapOf({ url, text: first.asOnDisk ? file : first.text, map: first.map })
      : undefined
  return { asOnDisk: !isFile(url) || own.every(isOnDisk), map }
}

/** Ignores sources that are not on the disk or have changed since they were compiled, because they cannot be shown. */
function mapOf(script: Compiled): ScriptText['map'] {
  try {
    return readSourceMap(script, (source, content) => {
      const now = contentOf(source)
      return now !== undefined && (content === undefined || normal(content) === normal(now))
    })
  } catch (error) {
    if (error instanceof ProfileError) return undefined
    throw error
  }
}

function contentOf(url: string): string | undefined {
  try {
    return readFileSync(plainPath(url), 'utf8')
  } catch {
    return undefined
  }
}

/** Compilers remove the byte order mark, and some change line ends. */
const normal = (text: string) => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
