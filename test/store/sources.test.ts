import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSources } from '../../harness/store/sources.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'))
  await writeFile(join(folder, 'a.js'), Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join('\r\n'))
  await writeFile(join(folder, 'secret.env'), 'TOKEN=1')
  await writeFile(join(folder, 'long.ts'), 'x'.repeat(5_000))
})
afterAll(() => rm(folder, { recursive: true }))

const read = (name: string, line: number, column = 1, shown = true) =>
  readSources([{ file: join(folder, name), line, column, shown }])

it('reads eight lines from where a function begins, fewer at the end of the file', async () => {
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
  const place = (line: number, column: number) => ({ file, line, column, shown: false })
  const [first, second] = await readSources([place(1, 13), place(2, 13)])
  expect(first!.marks).toHaveLength(8)
  expect(first!.marks).toContain(first!.body!.hash.slice(0, 4))
  expect(first!.marks).toContain(second!.body!.hash.slice(0, 4))
  expect(second!.marks).toBeUndefined()
})

it('shows the lines of a text that cannot be parsed', async () => {
  await writeFile(join(folder, 'broken.js'), 'function one( {\n')
  expect(await read('broken.js', 1, 13)).toMatchObject([{ lines: ['function one( {', ''], body: undefined }])
})
