/** A service of TypeScript, profiled in a real process. */
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import allocation from '../../harness/collectors/allocation.ts'
import cpu from '../../harness/collectors/cpu.ts'
import { decodePprof } from '../../harness/formats/index.ts'
import { finishResults } from '../../harness/measure/driver/collect/finish.ts'
import type { Taken } from '../../harness/measure/driver/collect/profile.ts'
import { buildCallTree } from '../../harness/profile/index.ts'
import { occasionIn, targetWithAgent } from '../agent/target.ts'
import { plan } from '../analyze/records.ts'
import { folderWith } from '../plan/world.ts'

const OCCASION = occasionIn('/nowhere')

/** As V8 has it, a function begins in the line of its parameters. */
export const SERVICE = `/**
 * Comments on top, types that are erased, and below them a function that takes its time.
 */
import { createServer } from 'node:http'
import { helper } from './helper.ts'

interface Item {
  id: number
}

export function slow(turns: number): string {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.sqrt(i)
  return text
}

class Shop {
  items: Item[] = Array.from({ length: 400 }, (_, id) => ({ id }))

  list(): string[] {
    return this.items.map(
      item => \`\${item.id} \${Math.random()}\`,
    )
  }
}

const shop = new Shop()
const server = createServer((request, response) => {
  response.end(JSON.stringify([slow(4_000), shop.list(), helper(4_000)]))
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(server.address().port)
})
`

export const HELPER = `// A comment.

type Count = number

export const helper = (turns: Count): string => {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.cbrt(i)
  return text
}
`

/** What two collectors bring back from a process under load, before and after its scripts are known. */
export async function profiled(folder: string, args: string[], meanwhile = () => {}) {
  const target = await targetWithAgent({ args })
  onTestFinished(target.stop)
  const [port] = await once(target.child.stdout, 'data')
  // A loader can have a thread of its own, whose agent connects first.
  while (!target.server.of('secret').some(({ threadId }) => threadId === 0))
    await new Promise(resolve => setImmediate(resolve))
  const { agents, taken } = { agents: target.server.of('secret'), taken: [] as Taken[] }
  for (const collector of [cpu, allocation]) {
    await Promise.all(agents.map(agent => collector.start(agent, OCCASION)))
    for (let turn = 0; turn < 120; turn++)
      await (await fetch(`http://127.0.0.1:${String(port).trim()}/`)).arrayBuffer()
    const stopped = agents.map(agent => collector.stop(agent, { from: [], to: [] }, OCCASION))
    taken.push({ collector, slices: [], collected: await Promise.all(stopped), seen: {} })
  }
  meanwhile()
  const launch = { variant: 'a', agents }
  const { results, scripts } = await finishResults([launch], [taken], plan, 1)
  const framesIn = (profile: string) =>
    buildCallTree([decodePprof(Buffer.from(profile, 'base64'))])
      .frames.filter(({ file }) => file.startsWith(folder))
      .map(({ name, file, line }) => `${name || '(anonymous)'} ${file.slice(folder.length + 1)}:${line}`)
  return {
    taken,
    results: results[0]!,
    frames: [cpu, allocation].flatMap(({ name }) => framesIn(results[0]![name]!.profile!)),
    unknown: scripts[0]!.unmapped.map(({ url }) => url),
    files: scripts[0]!.files,
  }
}

export const folderOf = async (files: Record<string, string>) => realpathSync(await folderWith(files))

export const lineIn = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

export const TRUE_PLACES = [
  `slow server.ts:${lineIn(SERVICE, 'export function slow')}`,
  `list server.ts:${lineIn(SERVICE, 'list(): string[]')}`,
  `(anonymous) server.ts:${lineIn(SERVICE, 'item =>')}`,
  `(anonymous) server.ts:${lineIn(SERVICE, 'createServer((')}`,
  `helper helper.ts:${lineIn(HELPER, 'export const helper')}`,
]
