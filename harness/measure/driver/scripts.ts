/**
 * What the processes and threads of a launch have loaded, and where the functions of its profiles stand in the sources.
 * It is asked for at the end of a round, because it wakes V8's debugger.
 */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ProfileError } from '../../formats/index.ts'
import type { CollectorResult } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import { plainPath } from '../../profile/index.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { type Compiled, hasLinesOf, readSourceMap, type ScriptText } from '../../source-maps/index.ts'
import type { LaunchScripts } from '../both/messages.ts'
import { within } from '../both/time-limit.ts'
import type { Agent } from './agents.ts'
import type { Taken } from './capture.ts'
import { columns, type Launch } from './launch.ts'
import { joined } from './merge-captures.ts'
import type { Script, Scripts } from './replies.ts'
import { LaunchFailure } from './tools.ts'

/** By collector name. */
type Captures = Record<string, CollectorResult>

/**
 * In the order of the launches, in which nothing may be measured any more.
 *
 * @param taken from each of them
 */
export async function develop(
  launches: Launch[],
  taken: Taken[][],
  plan: Plan,
  round: number,
): Promise<{ captures: Captures[]; scripts: LaunchScripts[] }> {
  const captures: Captures[] = []
  const scripts: LaunchScripts[] = []
  for (const [i, launch] of launches.entries()) {
    const developed = await developOne(launch, taken[i]!, plan, round)
    captures.push(developed.captures)
    scripts.push(developed.scripts)
  }
  return { captures, scripts }
}

async function developOne({ variant, agents }: Launch, taken: Taken[], plan: Plan, round: number) {
  const labels = { scenario: plan.scenario, variant, round }
  const urls = new Map(
    taken.flatMap(({ collected }) => collected.flatMap(filesOf)).map(file => [file, urlOf(file)]),
  )
  const listed = await listScripts(agents, urls.values(), limitsOf(plan).slice).catch(cause => {
    throw new LaunchFailure(variant, 'last', cause)
  })
  const known = Map.groupBy(listed.scripts, ({ url }) => url)
  const texts = new Map([...urls].map(([file, url]) => [file, textOf(url, known.get(url))]))
  const captures = taken.map(({ collector, slices, collected, processes }): [string, CollectorResult] => {
    const { figures, ...rest } = joined(collected, collector, labels, url => texts.get(url))
    const all = { ...figures, processes, threads: collected.length }
    return [collector.name, { slices: columns(slices), ...rest, figures: all }]
  })
  const unknown = [...urls].filter(([file]) => !texts.get(file)!.asOnDisk && !texts.get(file)!.map)
  return {
    captures: Object.fromEntries(captures),
    scripts: { loaded: listed.loaded, unknown: [...new Set(unknown.map(([, url]) => url))] },
  }
}

/** All but Node's own, by their names. */
function filesOf({ profile }: Taken['collected'][number]): string[] {
  if (!profile) return []
  const files = new Set(profile.functions.file)
  return [...files]
    .map(file => profile.strings[file]!)
    .filter(file => file !== '' && !file.startsWith('node:'))
}

/** V8's heap profiles name a CommonJS module by its path, all others by its URL. */
const urlOf = (file: string): string => (isAbsolute(file) ? pathToFileURL(file).href : file)

/** Asks one thread after the other, and for a script only until one has told it: they all run the same files. */
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

/** A thread may come to its end in between, as those of a pool do. */
async function listedBy(agent: Agent, urls: string[]): Promise<Scripts> {
  try {
    return await agent.scripts(urls)
  } catch (error) {
    if (agent.alive) throw error
    return { loaded: [], scripts: [] }
  }
}

/** Without a file there are no lines to look at, so V8's lines stay unless there is a map. */
const isFile = (url: string) => url.startsWith('file:')

/** With several scripts under one URL, as after a reload, nobody knows which one a function is from: they have to agree. */
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
  return { asOnDisk: !isFile(url) || own.every(isOnDisk), ...(map && { map }) }
}

/** A source that is not on the disk, or no longer as it was when it was compiled, cannot be shown: its lines say nothing. */
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

/** Compilers take the byte order mark away, and some write line ends of their own. */
const normal = (text: string) => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
