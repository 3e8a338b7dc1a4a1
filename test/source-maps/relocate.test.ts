import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { hasLinesOf, relocate, type ScriptText } from '../../harness/source-maps/relocate.ts'

/** `main` (line 1) calls `work` (line 2), which was sampled in line 3; each script has both. */
function profile(...files: string[]) {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  for (const file of files) {
    const main = builder.stack(-1, builder.location(builder.function('main', file, 1, 5)))
    builder.sample(builder.stack(main, builder.location(builder.function('work', file, 2, 7), 3)), [1])
  }
  return builder.build()
}

/** Every function with its place and the lines in it. */
function told({ strings, functions, locations }: ReturnType<typeof profile>) {
  return Array.from(functions.name, (name, at) => {
    const lines = [...locations.line].filter((_, location) => locations.function[location] === at)
    const place = `${strings[functions.file[at]!]}:${functions.line[at]}:${functions.column[at]}`
    return `${strings[name]} ${place} @${lines.join()}`
  })
}

/** Finds only `work`, ten lines further down in another file. */
const map: ScriptText['map'] = {
  asked: new Map([['/src/a.ts', true]]),
  find: ({ name, line }) =>
    name === 'work' ? { name: 'original', file: '/src/a.ts', line: line + 10, column: 1 } : undefined,
  lineIn: (file, line) => (file === '/src/a.ts' ? line + 10 : 0),
}

const FILE = '/dist/a.js'

test.each<[string, ScriptText | undefined, string[]]>([
  ['nothing is known of', undefined, ['main /dist/a.js:1:5 @0', 'work /dist/a.js:2:7 @3']],
  ['is as on the disk', { asOnDisk: true }, ['main /dist/a.js:1:5 @0', 'work /dist/a.js:2:7 @3']],
  ['is not as on the disk', { asOnDisk: false }, ['main /dist/a.js:0:0 @0', 'work /dist/a.js:0:0 @0']],
  ['has a map', { asOnDisk: false, map }, ['main /dist/a.js:0:0 @0', 'original /src/a.ts:12:1 @13']],
  [
    'has a map, and is as on the disk',
    { asOnDisk: true, map },
    ['main /dist/a.js:1:5 @0', 'original /src/a.ts:12:1 @13'],
  ],
])('functions of a script that %s', (_, script, expected) => {
  expect(told(relocate(profile(FILE), () => script))).toEqual(expected)
})

it('moves only the functions of the given script', () => {
  const two = profile('/dist/a.js', '/dist/b.js', 'node:fs')
  const found = relocate(two, url => (url.startsWith('/dist/b') ? { asOnDisk: false, map } : undefined))
  expect(told(found)).toEqual([
    'main /dist/a.js:1:5 @0',
    'work /dist/a.js:2:7 @3',
    'main /dist/b.js:0:0 @0',
    'original /src/a.ts:12:1 @13',
    'main node:fs:1:5 @0',
    'work node:fs:2:7 @3',
  ])
})

it('does not change a profile whose scripts are all the same as on disk', () => {
  const plain = profile(FILE)
  expect(relocate(plain, () => ({ asOnDisk: true }))).toBe(plain)
})

it('does not change functions without a line, such as V8 has', () => {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('map', '', 0, 0))), [1])
  expect(told(relocate(builder.build(), () => ({ asOnDisk: false, map })))).toEqual(['map :0:0 @0'])
})

describe('lines of a script', () => {
  const folder = join(import.meta.dirname, '..', '..', 'harness')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(join(folder, name), 'utf8'))

  const TRICKY = [
    "interface A {\n  é: string\n}\nconst a = 'ü😀' as 'ü😀' | 'b'\n",
    'const f = async <T>(x: T): Promise<\n  T\n> => x\nconst g = (x: number): {\n  a: string\n} => ({ a: String(x as\n number) })\n',
    'type A = 1\n;(console.log)()\nabstract class B<T> implements C { declare a: T; private b?: T; c!: T }\n',
    "import type { A } from 'a'\r\nimport { type B, c } from 'b'\r\nexport type { A }\r\nc satisfies B\r\n",
  ]

  it('are those of the file when Node strips types', () => {
    expect(sources.length).toBeGreaterThan(100)
    for (const source of [...sources, ...TRICKY]) {
      const stripped = stripTypeScriptTypes(source)
      expect(hasLinesOf(stripped, source)).toBe(true)
      expect(hasLinesOf(stripTypeScriptTypes(source, { sourceUrl: 'a.ts' }), source)).toBe(true)
      // Another line at the top moves all of them.
      expect(hasLinesOf(`"use strict";\n${stripped}`, source)).toBe(false)
      expect(hasLinesOf(stripped, `\n${source}`)).toBe(false)
    }
  })

  it.each([
    ['a line in front', 'import "x"\na()\nb()', 'a()\nb()'],
    ['a blank line left out', 'a()\nb()', 'a()\n\nb()'],
    ['code behind the end', 'a()\nb()', 'a()'],
    ['a name in another place', 'a(b, c)', 'a(c, b)'],
    ['all in one line', 'a();b()', 'a()\nb()'],
  ])('are not those of the file: %s', (_, script, file) => {
    expect(hasLinesOf(script, file)).toBe(false)
  })

  it('are counted as V8 counts them', () => {
    expect(hasLinesOf('a()\u2028b()', 'a()\nb()')).toBe(true)
    expect(hasLinesOf('a()\rb()', 'a()\r\nb()')).toBe(true)
  })
})
