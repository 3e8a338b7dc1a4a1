import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashOf } from '../../harness/profile/index.ts'
import { readSources } from '../../harness/store/sources.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'))
  await writeFile(join(folder, 'a.js'), Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join('\r\n'))
  await writeFile(join(folder, 'secret.env'), 'TOKEN=1')
  await writeFile(join(folder, 'long.ts'), 'x'.repeat(5_000))
})
afterAll(() => rm(folder, { recursive: true }))

const read = async (name: string, line: number, column = 1, shown = true, last = 0) =>
  (await readSources([{ file: join(folder, name), line, column, shown, last }])).sources

it('reads eight lines of a function whose end is not known, fewer at the end of the file', async () => {
  expect(await read('a.js', 3)).toEqual([
    {
      file: join(folder, 'a.js'),
      from: 3,
      column: 1,
      lines: [3, 4, 5, 6, 7, 8, 9, 10].map(i => `line ${i}`),
    },
  ])
  expect((await read('a.js', 19))[0]!.lines).toEqual(['line 19', 'line 20'])
})

it('reads on to the last line that costs something', async () => {
  expect((await read('a.js', 3, 1, true, 14))[0]!.lines).toHaveLength(12)
})

it('reads a function to its end, and a very long one only in part', async () => {
  const long = Array.from({ length: 400 }, (_, i) => `  step(${i})`)
  const text = ['function short() {', ...long.slice(0, 20), '}', 'function long() {', ...long, '}']
  await writeFile(join(folder, 'd.js'), text.join('\n'))
  expect((await read('d.js', 1, 15))[0]!.lines).toEqual(text.slice(0, 22))
  expect((await read('d.js', 23, 14))[0]!.lines).toEqual(text.slice(22, 22 + 300))
})

it('cuts long lines', async () => {
  expect((await read('long.ts', 1))[0]!.lines[0]).toHaveLength(160)
})

it('leaves out missing files, folders, and files that are not programs', async () => {
  expect(await read('gone.js', 1)).toEqual([])
  expect(await read('a.js', 99)).toEqual([])
  expect(await read('secret.env', 1)).toEqual([])
  expect(await read('', 1)).toEqual([])
})

it('reads what a function says, without its lines where they are not shown', async () => {
  await writeFile(
    join(folder, 'b.js'),
    'function one(a) {\n  return a + 1 // more\n}\nconst two = a => a + 1\n',
  )
  await writeFile(join(folder, 'c.ts'), 'function one(a: number): number {\n  return a + 1\n}\n')
  const [one] = await read('b.js', 1, 13)
  const [two] = await read('b.js', 4, 13, false)
  const [typed] = await read('c.ts', 1, 13)
  expect(one!.body).toBeDefined()
  expect(two).toMatchObject({ lines: [], body: one!.body })
  expect(typed!.body).toEqual(one!.body)
})

it('marks every function of a file once, with the first that was asked for', async () => {
  const file = join(folder, 'd.js')
  await writeFile(file, 'function one() { return 1 }\nfunction two() { return 2 }\nconst again = () => 1\n')
  const place = (line: number, column: number) => ({ file, line, column, shown: false, last: 0 })
  const [first, second] = (await readSources([place(1, 13), place(2, 13)])).sources
  expect(first!.marks).toHaveLength(8)
  expect(first!.marks).toContain(first!.body!.hash.slice(0, 4))
  expect(first!.marks).toContain(second!.body!.hash.slice(0, 4))
  expect(second!.marks).toBeUndefined()
})

it('shows the lines of a text that cannot be parsed', async () => {
  await writeFile(join(folder, 'broken.js'), 'function one( {\n')
  expect(await read('broken.js', 1, 13)).toMatchObject([{ lines: ['function one( {', ''], body: undefined }])
})

describe('a file that is not what was measured', () => {
  const text = 'function one() {\n  return 1\n}\n'
  const readAs = async (name: string, hashes: string[]) => {
    const place = { file: join(folder, name), line: 1, column: 13, shown: true, last: 0 }
    const { sources, changed } = await readSources([place], () => hashes)
    return { read: sources.length, changed: changed.map(file => file.slice(folder.length + 1)) }
  }

  it('is left out where it has changed since, or changed between two rounds', async () => {
    await writeFile(join(folder, 'e.js'), text)
    const is = hashOf(text)
    expect(await readAs('e.js', [is, is])).toEqual({ read: 1, changed: [] })
    expect(await readAs('e.js', [])).toEqual({ read: 1, changed: [] })
    expect(await readAs('e.js', [hashOf('other')])).toEqual({ read: 0, changed: ['e.js'] })
    expect(await readAs('e.js', [hashOf('other'), is])).toEqual({ read: 0, changed: ['e.js'] })
  })

  it('is named where it is gone, a folder, or empty by now, but not where it never was there', async () => {
    await mkdir(join(folder, 'folder.js'))
    await writeFile(join(folder, 'empty.js'), '')
    for (const name of ['gone.js', 'folder.js', 'empty.js'])
      expect(await readAs(name, [hashOf(text)])).toEqual({ read: 0, changed: [name] })
    expect(await readAs('generated.js', [])).toEqual({ read: 0, changed: [] })
  })

  it.skipIf(process.getuid?.() === 0)('is named where it may not be read (skipped for root)', async () => {
    await writeFile(join(folder, 'private.js'), text, { mode: 0 })
    expect(await readAs('private.js', [hashOf(text)])).toEqual({ read: 0, changed: ['private.js'] })
  })
})
