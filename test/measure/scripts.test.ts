/** Where the functions of a profiled process stand: loaders put other texts in the place of its files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { merged } from '../../harness/measure/driver/collect/finish.ts'
import { fingerprints, textOf, unmapped } from '../../harness/measure/driver/collect/scripts.ts'
import { hashOf } from '../../harness/profile/index.ts'
import { plan } from '../analyze/records.ts'
import { folderOf, HELPER, lineIn, profiled, SERVICE, TRUE_PLACES } from './profiled.ts'

const TSX = import.meta.resolve('tsx')

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
    expect(damaged).toEqual({ asOnDisk: true, unusable: 'damaged map' })
    expect(unmapped(url, damaged)).toEqual({ url, asOnDisk: true, because: 'damaged map' })
  })

  test('with a map in a file, which is used for what is not a package', async () => {
    const map = JSON.stringify({ version: 3, names: [], mappings: 'AAAA', sources: ['a.ts'] })
    const files = { 'a.ts': 'let a: string', 'a.js': 'let a', 'a.js.map': map }
    const there = Object.entries(files).map(([name, text]) => [`node_modules/x/${name}`, text])
    const folder = await folderOf({ ...files, ...Object.fromEntries(there) })
    const told = (name: string, reference: string) => {
      const url = pathToFileURL(join(folder, name)).href
      const text = textOf(url, [{ url, asOnDisk: true, map: reference }])
      return { found: text.map?.find(begin)?.file, because: unmapped(url, text)?.because }
    }
    expect(told('a.js', 'a.js.map')).toEqual({
      found: pathToFileURL(join(folder, 'a.ts')).href,
      because: undefined,
    })
    expect(told('a.js', 'b.js.map')).toEqual({ found: undefined, because: 'missing map' })
    expect(told('node_modules/x/a.js', 'a.js.map')).toEqual({ found: undefined, because: undefined })
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
