/** Where the functions of a profiled process stand: loaders put other texts in the place of its files. */
import { once } from 'node:events'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, test } from 'vitest'
import allocation from '../../harness/collectors/allocation.ts'
import cpu from '../../harness/collectors/cpu.ts'
import { decodePprof } from '../../harness/formats/index.ts'
import { finishResults, merged } from '../../harness/measure/driver/collect/finish.ts'
import type { Taken } from '../../harness/measure/driver/collect/profile.ts'
import { fingerprints, textOf, unmapped } from '../../harness/measure/driver/collect/scripts.ts'
import { buildCallTree, hashOf } from '../../harness/profile/index.ts'
import { occasionIn, targetWithAgent } from '../agent/target.ts'
import { plan } from '../analyze/records.ts'
import { folderWith } from '../plan/world.ts'

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

const OCCASION = occasionIn('/nowhere')
const TSX = import.meta.resolve('tsx')

/** As V8 has it, a function begins in the line of its parameters. */
const SERVICE = `/**
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

const HELPER = `// A comment.

type Count = number

export const helper = (turns: Count): string => {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.cbrt(i)
  return text
}
`

/** What two collectors bring back from a process under load, before and after its scripts are known. */
async function profiled(folder: string, args: string[], meanwhile = () => {}) {
  const target = await targetWithAgent({ args })
  stop = target.stop
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

const folderOf = async (files: Record<string, string>) => realpathSync(await folderWith(files))

const lineIn = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

const TRUE_PLACES = [
  `slow server.ts:${lineIn(SERVICE, 'export function slow')}`,
  `list server.ts:${lineIn(SERVICE, 'list(): string[]')}`,
  `(anonymous) server.ts:${lineIn(SERVICE, 'item =>')}`,
  `(anonymous) server.ts:${lineIn(SERVICE, 'createServer((')}`,
  `helper helper.ts:${lineIn(HELPER, 'export const helper')}`,
]

describe.each(['module', 'commonjs'])('a service of TypeScript, "type": "%s"', type => {
  const files = { 'package.json': JSON.stringify({ type }), 'server.ts': SERVICE, 'helper.ts': HELPER }

  it('under tsx has the lines of its files', async () => {
    const folder = await folderOf(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`my café/${name}`, text])),
    )
    const { frames, unknown } = await profiled(folder, [
      '--import',
      TSX,
      join(folder, 'my café', 'server.ts'),
    ])
    expect(unknown).toEqual([])
    const found = frames.map(it => it.replace('my café/', ''))
    for (const place of TRUE_PLACES.slice(0, 1)) expect(found).toContain(place)
    // All that is there is true; which of the small ones were sampled is chance.
    for (const it of found.filter(it => !it.endsWith(':0'))) expect(TRUE_PLACES).toContain(it)
    expect(found.filter(it => /^(slow|list|helper) .*:0$/.test(it))).toEqual([])
  })
})

it('types that Node strips leave the lines that V8 gives', async () => {
  const folder = await folderOf({ 'server.ts': SERVICE, 'helper.ts': HELPER })
  const { frames, unknown, results, taken } = await profiled(folder, [join(folder, 'server.ts')])
  expect(unknown).toEqual([])
  expect(frames).toContain(TRUE_PLACES[0])
  for (const { collector, collected } of taken)
    expect(results[collector.name]!.profile).toBe(
      merged(collected, collector, { scenario: plan.scenario, variant: 'a', round: 1 }).profile,
    )
})

/** Puts lines in front, as instrumentation does, and says nothing of it. */
const HOOK = `import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (url.endsWith('server.mjs')) loaded.source = '\\n\\n' + loaded.source
    return loaded
  },
})
`

const PLAIN = SERVICE.replace('./helper.ts', './helper.mjs')
  .replaceAll(/: (number|string\[\]|string)(?=[,){ ])/g, '')
  .replace('items: Item[]', 'items')
  .replace(/interface[^}]*\}/, '')
const PLAIN_HELPER = HELPER.replace(': Count): string', ')').replace('type Count = number', '')

describe('a service of plain JavaScript', () => {
  const files = { 'server.mjs': PLAIN, 'helper.mjs': PLAIN_HELPER, 'hook.mjs': HOOK }
  const urlOf = (folder: string, name: string) => pathToFileURL(join(folder, name)).href

  it('has the profile that V8 gives, to the byte', async () => {
    const folder = await folderOf(files)
    const {
      results,
      taken,
      unknown,
      frames,
      files: read,
    } = await profiled(folder, [join(folder, 'server.mjs')])
    expect(unknown).toEqual([])
    expect(read[join(folder, 'server.mjs')]).toBe(hashOf(PLAIN))
    expect(frames).toContain(`slow server.mjs:${lineIn(PLAIN, 'export function slow')}`)
    for (const { collector, collected } of taken)
      expect(results[collector.name]!.profile).toBe(
        merged(collected, collector, { scenario: plan.scenario, variant: 'a', round: 1 }).profile,
      )
  })

  it('has no lines where a loader has replaced the text of the file', async () => {
    const folder = await folderOf(files)
    const { frames, unknown } = await profiled(folder, [
      '--import',
      join(folder, 'hook.mjs'),
      join(folder, 'server.mjs'),
    ])
    expect(unknown).toEqual([urlOf(folder, 'server.mjs')])
    expect(frames).toContain('slow server.mjs:0')
    expect(frames.filter(it => /server\.mjs:[1-9]/.test(it))).toEqual([])
    expect(frames.filter(it => /helper\.mjs:0/.test(it))).toEqual([])
  })

  it('has none where the file was changed after it was loaded', async () => {
    const folder = await folderOf(files)
    const edit = () => writeFileSync(join(folder, 'server.mjs'), `// edited\n${PLAIN}`)
    const { frames, unknown } = await profiled(folder, [join(folder, 'server.mjs')], edit)
    expect(unknown).toEqual([urlOf(folder, 'server.mjs')])
    expect(frames).toContain('slow server.mjs:0')
  })
})

describe('what is known of a URL', async () => {
  const source = 'file:///srv/a.ts'
  const dataUrl = (content: string | null, sources = [source]) =>
    `data:,${encodeURIComponent(JSON.stringify({ version: 3, names: [], mappings: 'AAAA', sources, sourcesContent: [content] }))}`
  const begin = { name: '', file: '', line: 1, column: 1 }

  test('without a script in any thread: no lines, if it is a file', () => {
    expect(textOf('file:///srv/a.js')).toEqual({ asOnDisk: false })
    expect(textOf('evalmachine.<anonymous>')).toEqual({ asOnDisk: true })
  })

  test('with two texts, as after a reload', () => {
    const url = 'file:///srv/a.js'
    const same = { url, asOnDisk: true }
    expect(textOf(url, [same, same])).toEqual({ asOnDisk: true })
    expect(textOf(url, [same, { url, asOnDisk: false, text: 'other()' }])).toEqual({ asOnDisk: false })
    const maps = [dataUrl(null), dataUrl('')].map(map => ({ url, asOnDisk: false, map }))
    expect(textOf(url, maps).map).toBeUndefined()
  })

  test('whose source is on the disk as the compiler knew it', async () => {
    const folder = await folderOf({ 'a.ts': 'let a: string\r\n' })
    const [url, there] = ['a.js', 'a.ts'].map(name => pathToFileURL(join(folder, name)).href) as [
      string,
      string,
    ]
    const found = (content: string | null, sources = [there]) =>
      textOf(url, [{ url, asOnDisk: false, map: dataUrl(content, sources) }]).map?.find(begin)?.file
    expect(found(null)).toBe(there)
    expect(found('\uFEFFlet a: string\n')).toBe(there)
    expect(found('let b: string\n')).toBeUndefined()
    expect(found(null, ['b.ts'])).toBeUndefined()
    expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toContain('let a')
  })

  test('with a map that is not valid', () => {
    const url = 'file:///srv/a.js'
    const damaged = textOf(url, [{ url, asOnDisk: true, map: 'data:,nonsense' }])
    expect(damaged).toEqual({ asOnDisk: true, isDamaged: true })
    expect(unmapped(url, damaged)).toEqual({ url, asOnDisk: true, because: 'damaged map' })
  })

  test('is said where functions are not at their places', async () => {
    const folder = await folderOf({ 'a.ts': 'let a: string', 'a.js': 'let a' })
    const [url, there] = ['a.js', 'a.ts'].map(name => pathToFileURL(join(folder, name)).href) as [
      string,
      string,
    ]
    const known = (content: string) => {
      const text = textOf(url, [{ url, asOnDisk: true, map: dataUrl(content, [there]) }])
      text.map?.find(begin)
      return text
    }
    expect(unmapped(url, known('let a: string'))).toBeNull()
    expect(unmapped(url, known('let b: string'))).toEqual({ url, asOnDisk: true, because: 'other sources' })
    expect(unmapped(url, { asOnDisk: true })).toBeNull()
    expect(unmapped(url, { asOnDisk: false })).toEqual({ url, asOnDisk: false, because: 'no map' })
    expect(fingerprints([[url, known('let a: string')]])).toEqual({
      [join(folder, 'a.js')]: hashOf('let a'),
      [join(folder, 'a.ts')]: hashOf('let a: string'),
    })
    expect(fingerprints([[url, known('let b: string')]])).toEqual({ [join(folder, 'a.js')]: hashOf('let a') })
    expect(
      fingerprints([
        [url, { asOnDisk: false }],
        ['evalmachine', { asOnDisk: true }],
      ]),
    ).toEqual({})
  })
})
