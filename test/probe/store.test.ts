/** Real folders, and what goes wrong with them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Store } from '../../harness/probe/worker/store.cjs'
import { folderWith } from '../plan/world.ts'

class Said {
  lines: string[] = []
  once(_: string, text: string) {
    this.lines.push(text)
  }
  over(_: string, text: string) {
    this.lines.push(text)
  }
}

async function storeOf(limits: { keep?: number; files?: number } = {}) {
  const root = await folderWith({})
  const folder = join(root, 'store')
  const said = new Said()
  return { folder, said, store: new Store({ folder, keep: 1e6, files: 100, ...limits }, said) }
}

/** Gives the files of a folder the times of their order. */
function date(folder: string, names: string[]) {
  for (const [at, name] of names.entries()) utimesSync(join(folder, name), at, at)
}

test('a file is for its user alone, and whole', async () => {
  const { folder, store } = await storeOf()
  expect(store.write('windows/1.4/a.pb.gz', Buffer.from('abc'))).toBe(true)
  const path = join(folder, 'windows/1.4/a.pb.gz')
  expect(readFileSync(path, 'utf8')).toBe('abc')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'windows/1.4'))).toEqual(['a.pb.gz'])
})

test('the oldest files go when there are too many, or too many bytes', async () => {
  const { folder, store } = await storeOf({ files: 3 })
  const names = ['c.pb.gz', 'a.pb.gz', 'b.pb.gz']
  for (const name of names) store.write(name, Buffer.alloc(10))
  date(folder, names)
  store.write('d.pb.gz', Buffer.alloc(10))
  expect(readdirSync(folder).sort()).toEqual(['a.pb.gz', 'b.pb.gz', 'd.pb.gz'])
  const small = await storeOf({ keep: 25 })
  for (const name of names) small.store.write(name, Buffer.alloc(10))
  expect(readdirSync(small.folder)).toHaveLength(2)
  // One that is larger than all that may be kept is better than none.
  small.store.write('z.pb.gz', Buffer.alloc(1_000))
  expect(readdirSync(small.folder)).toEqual(['z.pb.gz'])
})

test('files of others stay, and what a killed process left goes', async () => {
  const { folder, store } = await storeOf({ files: 1 })
  mkdirSync(folder)
  for (const name of ['notes.txt', 'old.pb.gz.writing', 'new.pb.gz.writing'])
    writeFileSync(join(folder, name), '')
  date(folder, ['old.pb.gz.writing', 'notes.txt'])
  store.write('a.pb.gz', Buffer.from('abc'))
  expect(readdirSync(folder).sort()).toEqual(['a.pb.gz', 'new.pb.gz.writing', 'notes.txt'])
})

test('a folder that cannot be written costs files, is told, and works again later', async () => {
  const { folder, said, store } = await storeOf()
  writeFileSync(folder, 'a file where the folder should be')
  expect(store.write('a.pb.gz', Buffer.from('abc'))).toBe(false)
  expect(said.lines[0]).toMatch(/could not be written, and is lost: /)
  rmSync(folder)
  expect(store.write('a.pb.gz', Buffer.from('abc'))).toBe(true)
  expect(said.lines.at(-1)).toContain('again')
})
