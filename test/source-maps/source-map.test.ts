/** Places in the output of real compilers, and in its source (`compiled/`). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProfileError } from '../../harness/formats/index.ts'
import { type Disk, readSourceMap, type SourceMap } from '../../harness/source-maps/source-map.ts'

const FOLDER = join(import.meta.dirname, 'compiled')
const read = (name: string) => readFileSync(join(FOLDER, `${name}.txt`), 'utf8')

const SOURCE = read('server.ts')
const FILE = 'file:///srv/app/src/server.ts'
/** Every source is where its map says, and no file can be read. */
const NO_FILES: Disk = { read: () => undefined, locate: source => source }

const mapOf = (...given: Parameters<typeof readSourceMap>): SourceMap => {
  const map = readSourceMap(...given)
  if (!map) throw new Error('There is no map.')
  return map
}

function compiled(name: string, disk = NO_FILES, script = FILE) {
  const text = read(`${name}.js`)
  const map = /sourceMappingURL=(\S+)/.exec(text)![1]!
  return { text, map: mapOf({ url: script, text, map }, disk) }
}

/** Where a function begins for V8: at its list of parameters, `offset` after a text. */
function place(text: string, after: RegExp, name: string) {
  const at = after.exec(text)!
  const before = text.slice(0, at.index + at[0].length).split('\n')
  return { name, file: FILE, line: before.length, column: before.at(-1)!.length + 1 }
}

const lineOf = (text: string) => SOURCE.slice(0, SOURCE.indexOf(text)).split('\n').length

describe.each(['tsx', 'ts-node', 'esbuild-register'])('the output of %s', name => {
  const { text, map } = compiled(name)

  it.each([
    ['slow', /function slow/, 'export function slow'],
    ['list', /\blist(?=\(\) ?\{)/, 'list(): '],
    ['', /items\.map\(/, 'return this.items.map('],
    ['half', /const half ?= ?(__name\()?/, 'slow(turns / 2)'],
    ['', /createServer\)\(/, 'createServer((_'],
  ])('has the function `%s` in its line', (fn, after, original) => {
    // An arrow function begins at its parameters, in the line above its body.
    const line = lineOf(original) - (fn === 'half' ? 1 : 0)
    // Where a call keeps the name, the function is anonymous to V8.
    const known = name === 'tsx' && fn === 'half' ? '' : fn
    expect(map.find(place(text, after, known))).toMatchObject({ name: fn, file: FILE, line })
  })

  it('has no place for functions that the compiler added', () => {
    const added = name === 'ts-node' ? /^/ : /var __copyProps ?= ?/
    expect(map.find(place(text, added, '__copyProps'))).toBeUndefined()
  })

  it('never names a function like its parameter', () => {
    expect(text).toMatch(name === 'ts-node' ? /\(function \(Kind\)/ : /Kind2 ?=>|\(Kind2\) =>/)
    expect(map.find(place(text, /\(function |var Kind ?= ?(\/\*.*\*\/ )?\(/, ''))?.name ?? '').toBe('')
  })
})

describe('names', () => {
  const { text, map } = compiled('minified', NO_FILES, 'file:///srv/app/dist/minified.js')

  it('come from the source, which is next to the folder of the script', () => {
    const short = /function (\w+)(?=\(\w+\)\{let)/.exec(text)![1]!
    const found = map.find(place(text, /function \w+(?=\(\w+\)\{let)/, short))
    expect(found).toMatchObject({ name: 'slow', file: FILE, line: lineOf('export function slow') })
    const arrow = /(\w)=\w=>\w\(\w\/2\)/.exec(text)![1]!
    expect(map.find(place(text, /\w=(?=\w=>\w\(\w\/2\))/, arrow))).toMatchObject({ name: 'half' })
  })

  it.each([
    ['f = __name((a) => a)', 'f'],
    ['f=__name(async a=>a)', 'f'],
    ['{f:__name(async function(a){})}', 'f'],
    ['f = /* @__PURE__ */ __name((a) => a)', 'f'],
    ['class A{#f=__name(a=>a)}', '#f'],
    ['g(__name((a) => a))', ''],
    ['f = g((a) => a)', ''],
    ['f = (a) => a', ''],
  ])('are kept by a call of esbuild: %s', (text, name) => {
    const column = text.search(/\(a\)|async a|a=>/) + 1
    const raw = { version: 3, names: [], sources: [FILE], mappings: 'AAAA' }
    const map = `data:,${encodeURIComponent(JSON.stringify(raw))}`
    const found = mapOf({ url: FILE, text, map }, NO_FILES).find({
      name: '',
      file: FILE,
      line: 1,
      column,
    })
    expect(found?.name).toBe(name)
  })

  it('stay if the function has none, or if V8 made one up', () => {
    expect(map.find(place(text, /items\.map\(/, ''))).toMatchObject({ name: '' })
    expect(map.find(place(text, /items\.map\(/, 'this.items'))).toMatchObject({ name: 'this.items' })
  })
})

describe('a line of the script', () => {
  it('has a line in the source if it was compiled from only that line', () => {
    const { text, map } = compiled('ts-node')
    const line = text.split('\n').findIndex(it => it.includes('let sum = 0')) + 1
    expect(map.lineIn(FILE, line)).toBe(lineOf('let sum = 0'))
    expect(map.lineIn('file:///srv/other.ts', line)).toBe(0)
    expect(map.lineIn(FILE, 9_999)).toBe(0)
  })

  it('has none if it was compiled from several', () => {
    const { text, map } = compiled('tsx')
    expect(map.lineIn(FILE, text.split('\n').findIndex(it => it.includes('let sum=0')) + 1)).toBe(0)
  })
})

it('a function without a column has a place where its line is from one line only', () => {
  const { text, map } = compiled('ts-node')
  const line = text.split('\n').findIndex(it => it.includes('let sum = 0')) + 1
  const frame = { name: 'slow', file: FILE, line, column: 0 }
  expect(map.find(frame)).toEqual({ ...frame, line: lineOf('let sum = 0') })
  const bundle = compiled('tsx')
  const crowded = bundle.text.split('\n').findIndex(it => it.includes('let sum=0')) + 1
  expect(bundle.map.find({ ...frame, line: crowded })).toBeUndefined()
})

describe('a source', () => {
  it('that cannot be opened is not used, and is looked up once, with the content in the map', () => {
    const asked: unknown[][] = []
    const locate: Disk['locate'] = (...it) => {
      asked.push(it)
      return undefined
    }
    const { text, map } = compiled('ts-node', { ...NO_FILES, locate })
    expect(map.find(place(text, /function slow/, 'slow'))).toBeUndefined()
    expect(map.find(place(text, /const half = /, 'half'))).toBeUndefined()
    expect(asked).toEqual([[FILE, FILE, SOURCE]])
  })

  const found = (map: object, script = 'file:///srv/my%20app/dist/a.js') =>
    mapOf(
      {
        url: script,
        map: `data:application/json,${encodeURIComponent(JSON.stringify({ version: 3, names: [], mappings: 'AAAA', ...map }))}`,
      },
      NO_FILES,
    ).find({ name: '', file: script, line: 1, column: 1 })?.file

  it.each([
    ['/srv/my app/a#1 50%.ts', 'file:///srv/my%20app/a%231%2050%25.ts'],
    ['../src/a.ts', 'file:///srv/my%20app/src/a.ts'],
    ['a.ts', 'file:///srv/my%20app/dist/a.ts'],
    ['file:///srv/é.ts', 'file:///srv/%C3%A9.ts'],
    ['webpack://shop/./a.ts', 'webpack://shop/a.ts'],
  ])('%s', (source, url) => {
    expect(found({ sources: [source] })).toBe(url)
  })

  it('can have a root', () => {
    expect(found({ sources: ['a.ts'], sourceRoot: '/srv/src' })).toBe('file:///srv/src/a.ts')
  })

  it('can be without a name', () => {
    expect(found({ sources: [null] })).toBeUndefined()
    expect(found({ sources: [] })).toBeUndefined()
  })
})

describe('anything but a source map', () => {
  it.each([
    'data:,',
    'data:application/json;base64,AAAA',
    'data:,{}',
    'data:,{"version":3,"sections":[]}',
    'data:,null',
    'data:,%',
    'data:,{"version":3,"sections":[{"offset":{"line":0}}]}',
  ])('%s', text => {
    expect(() => readSourceMap({ url: FILE, map: text }, NO_FILES)).toThrow(ProfileError)
  })

  it('is rejected, or yields only places that exist', () => {
    const field = fc.constantFrom(
      'version',
      'sources',
      'names',
      'mappings',
      'sections',
      'sourceRoot',
      'sourcesContent',
    )
    const mappings = fc.stringMatching(/^[A-Za-z0-9+/,;]{0,40}$/)
    const map = fc.oneof(
      fc.dictionary(field, fc.jsonValue()),
      fc.record({
        version: fc.constant(3),
        sources: fc.array(fc.string()),
        names: fc.array(fc.string()),
        mappings,
      }),
    )
    fc.assert(
      fc.property(
        map,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (it, line, column) => {
          const url = `data:application/json,${encodeURIComponent(JSON.stringify(it))}`
          try {
            const read = mapOf({ url: FILE, text: 'abc = abc(abc', map: url }, NO_FILES)
            const found = read.find({ name: 'abc', file: FILE, line, column })
            if (found) {
              expect(found.line).toBeGreaterThan(0)
              expect(found.column).toBeGreaterThan(0)
              expect([typeof found.name, typeof found.file]).toEqual(['string', 'string'])
            }
            expect(read.lineIn(FILE, line)).toBeGreaterThanOrEqual(0)
          } catch (error) {
            if (!(error instanceof ProfileError)) throw error
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
