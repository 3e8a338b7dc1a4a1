/** Maps in files, in sections, and maps of maps. */
import { describe, expect, it } from 'vitest'
import { ProfileError } from '../../harness/formats/index.ts'
import { referenceIn } from '../../harness/source-maps/decode.ts'
import { type Disk, readSourceMap, type SourceMap } from '../../harness/source-maps/source-map.ts'

const mapOf = (...given: Parameters<typeof readSourceMap>): SourceMap => {
  const map = readSourceMap(...given)
  if (!map) throw new Error('There is no map.')
  return map
}

describe('a map in a file', () => {
  const script = 'file:///srv/app/dist/a.js'
  const begin = { name: '', file: script, line: 1, column: 1 }
  const files = (texts: Record<string, object | string>): Disk => ({
    locate: source => source,
    read: url => {
      const text = texts[url]
      return text === undefined || typeof text === 'string' ? text : JSON.stringify(text)
    },
  })
  const plain = (source: string) => ({ version: 3, names: [], sources: [source], mappings: 'AAAA' })

  it('is read, and its sources are relative to it', () => {
    const disk = files({ 'file:///srv/app/maps/a.js.map': plain('../src/a.ts') })
    const map = mapOf({ url: script, map: '../maps/a.js.map' }, disk)
    expect(map.find(begin)?.file).toBe('file:///srv/app/src/a.ts')
  })

  it('that is not there leaves nothing, without an error', () => {
    for (const map of ['a.js.map', 'https://maps.example/a.js.map', '::', 'nonsense'])
      expect(readSourceMap({ url: script, map }, files({}))).toBeUndefined()
  })

  it('can begin with a guard against being run, and be damaged', () => {
    const url = 'file:///srv/app/dist/a.js.map'
    const guarded = files({ [url]: `)]}'\n${JSON.stringify(plain('a.ts'))}` })
    expect(mapOf({ url: script, map: 'a.js.map' }, guarded).find(begin)?.file).toBe(
      'file:///srv/app/dist/a.ts',
    )
    expect(() => readSourceMap({ url: script, map: 'a.js.map' }, files({ [url]: '{' }))).toThrow(ProfileError)
  })

  it('can be in sections, each with an offset', () => {
    const sections = ['a.ts', 'b.ts'].map((source, line) => ({
      offset: { line, column: 4 },
      map: plain(source),
    }))
    const disk = files({ 'file:///srv/app/dist/a.js.map': { version: 3, sections } })
    const map = mapOf({ url: script, map: 'a.js.map' }, disk)
    expect(map.find(begin)).toBeUndefined()
    expect(map.find({ ...begin, column: 5 })?.file).toBe('file:///srv/app/dist/a.ts')
    expect(map.find({ ...begin, line: 2, column: 5 })?.file).toBe('file:///srv/app/dist/b.ts')
  })

  it('leads on where a source is itself the output of a compiler', () => {
    const disk = files({
      'file:///srv/app/dist/a.js.map': plain('../build/a.js'),
      'file:///srv/app/build/a.js': 'a()\n//# sourceMappingURL=a.js.map\n',
      'file:///srv/app/build/a.js.map': plain('../src/a.ts'),
    })
    const map = mapOf({ url: script, map: 'a.js.map' }, disk)
    expect(map.find(begin)).toEqual({ name: '', file: 'file:///srv/app/src/a.ts', line: 1, column: 1 })
    expect(map.lineIn('file:///srv/app/src/a.ts', 1)).toBe(1)
    expect([...map.asked.keys()]).toEqual(['file:///srv/app/build/a.js', 'file:///srv/app/src/a.ts'])
  })

  it.each([
    ['is damaged', { 'file:///srv/app/build/a.js.map': 'nonsense' }],
    ['is missing', {}],
    ['leads to itself', { 'file:///srv/app/build/a.js.map': plain('a.js') }],
  ])('ends where the next one %s', (_, more) => {
    const disk = files({
      'file:///srv/app/dist/a.js.map': plain('../build/a.js'),
      'file:///srv/app/build/a.js': 'a()\n//# sourceMappingURL=a.js.map',
      ...more,
    })
    expect(mapOf({ url: script, map: 'a.js.map' }, disk).find(begin)?.file).toBe('file:///srv/app/build/a.js')
  })
})

it('the last reference of a script counts, if it is alone in its line', () => {
  expect(referenceIn('a()\n//# sourceMappingURL=a.map\n//@ sourceMappingURL=b.map \n')).toBe('b.map')
  expect(referenceIn("const a = '//# sourceMappingURL=a.map'")).toBeUndefined()
  expect(referenceIn('')).toBeUndefined()
})
