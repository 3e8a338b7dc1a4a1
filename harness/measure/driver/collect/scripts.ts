/** What the processes and threads of a launch have loaded, and whether V8 runs the texts of the files. */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ProfileError } from '../../../formats/index.ts'
import type { Collected } from '../../../model/capabilities.ts'
import { hashOf, plainPath } from '../../../profile/index.ts'
import { diskWith } from '../../../source-maps/disk.ts'
import { hasLinesOf, type ScriptText } from '../../../source-maps/relocate.ts'
import { type Compiled, readSourceMap } from '../../../source-maps/source-map.ts'
import type { Unmapped } from '../../both/messages.ts'
import { within } from '../../both/time-limit.ts'
import type { Script, Scripts } from '../agent/replies.ts'
import type { Agent } from '../agent/server.ts'

/** Files of a profile's functions, without Node's own. */
export function filesOf({ profile }: Collected): string[] {
  if (!profile) return []
  const files = new Set(profile.functions.file)
  return [...files]
    .map(file => profile.strings[file]!)
    .filter(file => file !== '' && !file.startsWith('node:'))
}

/** V8's heap profiles name CommonJS modules by path. All other names are URLs. */
export const urlOf = (file: string): string => (isAbsolute(file) ? pathToFileURL(file).href : file)

/** Asks one thread after another, for each script only until one has sent it, because all run the same files. */
export async function listScripts(agents: Agent[], urls: Iterable<string>, limit: number): Promise<Scripts> {
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

/** After a reload there are several scripts under a URL. Nobody knows which one a function is from, so they must agree. */
export function textOf(url: string, own: Script[] = []): ScriptText {
  const [first] = own
  if (!first) return { asOnDisk: !isFile(url) }
  const file = contentOf(url)
  const isOnDisk = ({ asOnDisk, text }: Script) =>
    asOnDisk || (text !== undefined && file !== undefined && hasLinesOf(text, file))
  const isSame = ({ asOnDisk, text, map }: Script) =>
    asOnDisk === first.asOnDisk && text === first.text && map === first.map
  const asOnDisk = !isFile(url) || own.every(isOnDisk)
  if (first.map === undefined || !isUsed(url, first.map) || !own.every(isSame)) return { asOnDisk }
  return { asOnDisk, ...mapOf({ url, text: first.asOnDisk ? file : first.text, map: first.map }) }
}

/** What is read and edited of a package are the files that it ships, so a map beside them only leads away. */
const isUsed = (url: string, map: string) => map.startsWith('data:') || !url.includes('/node_modules/')

/** Once the profile is relocated: why functions of the script are not at their places in the sources; `null` if they are. */
export function unmapped(url: string, { asOnDisk, map, unusable }: ScriptText): Unmapped | null {
  const lost = [...(map?.asked ?? [])].some(([, isThere]) => !isThere)
  if (unusable) return { url, asOnDisk, because: unusable }
  if (lost) return { url, asOnDisk, because: 'other sources' }
  return asOnDisk || map ? null : { url, asOnDisk, because: 'no map' }
}

/** By path, a hash of each file that functions are in: what their lines refer to. */
export function fingerprints(scripts: Iterable<[string, ScriptText]>): Record<string, string> {
  const files = [...scripts].flatMap(([url, { asOnDisk, map }]) => [
    ...(asOnDisk && isFile(url) ? [url] : []),
    ...[...(map?.asked ?? [])].flatMap(([source, isThere]) => (isThere ? [source] : [])),
  ])
  const texts = [...new Set(files)].map(file => [plainPath(file), contentOf(file)] as const)
  return Object.fromEntries(
    texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, hashOf(text)]])),
  )
}

function mapOf(script: Compiled): Pick<ScriptText, 'map' | 'unusable'> {
  try {
    const map = readSourceMap(script, DISK)
    return map ? { map } : { unusable: 'missing map' }
  } catch (error) {
    if (error instanceof ProfileError) return { unusable: 'damaged map' }
    throw error
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const DISK = diskWith(textAt)

const contentOf = (url: string) => DISK.read(url)
