import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { type NewWindow, WindowStore } from '../../harness/serve/store.ts'

const WINDOW: NewWindow = {
  service: 'shop',
  version: '1.4',
  type: 'cpu',
  labels: { pod: 'a' },
  startedAt: 1_000,
  duration: 60_000,
  requests: 12,
}

const NOTHING = new Uint8Array()

const newFile = () => join(mkdtempSync(join(tmpdir(), 'flamegate-serve-')), 'windows.sqlite')

function storeIn(file: string, keep = 1e6): WindowStore {
  const store = new WindowStore(file, keep)
  onTestFinished(() => {
    try {
      store.close()
    } catch {
      // The test has closed it.
    }
  })
  return store
}

const ANY = { service: 'shop', type: 'cpu', from: 0, to: Number.MAX_SAFE_INTEGER }

test('windows are found by service, type, version and time, the oldest first', () => {
  const store = storeIn(newFile())
  for (const startedAt of [3_000, 1_000, 2_000])
    store.add({ ...WINDOW, startedAt }, Buffer.from('abc'), NOTHING)
  store.add({ ...WINDOW, version: '1.5' }, Buffer.from('abc'), NOTHING)
  store.add({ ...WINDOW, type: 'inuse_space', requests: null }, Buffer.from('abcd'), Buffer.from('packed'))
  const times = (more: object) => store.windows({ ...ANY, ...more }).map(({ startedAt }) => startedAt)
  expect(times({ version: '1.4' })).toEqual([1_000, 2_000, 3_000])
  expect(times({ version: '1.4', from: 1_500, to: 2_500 })).toEqual([2_000])
  expect(times({})).toHaveLength(4)
  expect(times({ service: 'other' })).toEqual([])
  const [heap] = store.windows({ ...ANY, type: 'inuse_space' })
  expect(heap).toMatchObject({ ...WINDOW, type: 'inuse_space', requests: null, bytes: 4 })
  expect(store.groups().map(({ type, version, windows, bytes }) => [type, version, windows, bytes])).toEqual([
    ['cpu', '1.4', 3, 9],
    ['cpu', '1.5', 1, 3],
    ['inuse_space', '1.4', 1, 4],
  ])
})

test('what was kept is there again after a restart', () => {
  const file = newFile()
  const before = storeIn(file)
  before.add(WINDOW, Buffer.from('profile'), Buffer.from('packed'))
  before.close()
  const after = storeIn(file)
  const [window] = after.windows(ANY)
  expect(window).toMatchObject(WINDOW)
  expect(Buffer.from(after.content(window!.id)!).toString()).toBe('profile')
  expect(Buffer.from(after.packed(window!.id)!).toString()).toBe('packed')
  expect(after.window(window!.id)).toEqual(window)
  expect([after.window(99), after.content(99), after.packed(99)]).toEqual([undefined, undefined, undefined])
})

test('the oldest windows go when there are too many bytes, and the newest stays in any case', () => {
  const file = newFile()
  const store = storeIn(file, 1_000)
  for (let at = 0; at < 50; at++) store.add({ ...WINDOW, startedAt: at }, Buffer.alloc(60), Buffer.alloc(40))
  const left = store.windows(ANY).map(({ startedAt }) => startedAt)
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThanOrEqual(10)
  expect(left).toEqual(Array.from({ length: left.length }, (_, at) => 50 - left.length + at))
  store.close()
  const again = storeIn(file, 1_000)
  again.add({ ...WINDOW, startedAt: 50 }, Buffer.alloc(5_000), NOTHING)
  expect(again.windows(ANY).map(({ startedAt }) => startedAt)).toEqual([50])
})

test('a file of a version that packed nothing is taken over', () => {
  const file = newFile()
  const store = storeIn(file)
  store.add(WINDOW, Buffer.from('abc'), NOTHING)
  store.close()
  const older = new DatabaseSync(file)
  older.exec('alter table windows drop column packed; drop table packed')
  older.close()
  const again = storeIn(file)
  again.add({ ...WINDOW, startedAt: 2_000 }, Buffer.from('abcd'), Buffer.from('packed'))
  expect(again.windows(ANY).map(({ bytes }) => bytes)).toEqual([3, 4])
})

test('a file that is not a database is refused', () => {
  const file = newFile()
  writeFileSync(file, 'not a database, and longer than a hundred bytes. '.repeat(10))
  expect(() => storeIn(file)).toThrow('not a database')
})
