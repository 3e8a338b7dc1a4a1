/** What the processes and threads of a launch have loaded. */
import type { Agent } from './agents.ts'
import type { Launch } from './launch.ts'
import type { Script, Scripts } from './replies.ts'
import { LaunchFailure } from './tools.ts'
import { within } from './within.ts'

const NOTHING: Scripts = { loaded: [], scripts: [] }

/**
 * URLs of the files that each launch has loaded.
 *
 * @param limit milliseconds for each process and thread
 */
export async function loadedBy(launches: Launch[], limit: number): Promise<string[][]> {
  const listed: string[][] = []
  for (const launch of launches) listed.push((await listScripts(launch, [], limit)).loaded)
  return listed
}

/**
 * Asks one thread after the other, and for a script only until one has told it: they all run the same files.
 *
 * @param urls of scripts that are described
 */
async function listScripts(
  { variant, agents }: Pick<Launch, 'variant' | 'agents'>,
  urls: Iterable<string>,
  limit: number,
): Promise<Scripts> {
  const loaded = new Set<string>()
  const scripts: Script[] = []
  const open = new Set(urls)
  for (const agent of agents) {
    const work = within(limit, 'the list of scripts was not there', listedBy(agent, [...open]))
    const listed = await work.catch(cause => {
      throw new LaunchFailure(variant, 'last', cause)
    })
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
    return NOTHING
  }
}
