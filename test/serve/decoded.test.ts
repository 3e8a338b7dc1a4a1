/** What is kept beside a profile's file says the same as the file. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { serialize } from 'node:v8'
import { zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { decode, pack, profileOf } from '../../harness/serve/decoded.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { fileBytes } from '../formats/files.ts'

const CONTENT = fileBytes('pyroscope-node26.pb.gz')
const PROFILE = decode(CONTENT)
const WINDOW = {
  service: 'shop',
  version: '',
  type: 'cpu',
  labels: {},
  startedAt: 0,
  duration: 1,
  requests: null,
}

const newFile = () => join(mkdtempSync(join(tmpdir(), 'flamegate-serve-')), 'windows.sqlite')

function storeWith(content: Uint8Array, packed: Uint8Array, file = newFile()): WindowStore {
  const store = new WindowStore(file, 1e9)
  onTestFinished(() => store.close())
  store.add(WINDOW, content, packed)
  return store
}

test('a profile that was packed is what it was', () => {
  const withLabels = { ...PROFILE, samples: { ...PROFILE.samples, labels: new Map([[0, { route: '/' }]]) } }
  expect(profileOf(storeWith(new Uint8Array(), pack(withLabels)), 1)).toEqual(withLabels)
  expect(profileOf(storeWith(CONTENT, pack(PROFILE)), 99)).toBeUndefined()
})

test.each<[string, Uint8Array]>([
  ['is damaged', pack(PROFILE).subarray(9)],
  ['is of another version', zstdCompressSync(serialize({ version: 0, profile: {} }))],
])('the file is read where what was packed %s', (_, packed) => {
  expect(profileOf(storeWith(CONTENT, packed), 1)).toEqual(PROFILE)
})

test('the file of an older store, which has nothing packed, is read', () => {
  const file = newFile()
  const store = storeWith(CONTENT, pack({ ...PROFILE, comments: ['packed'] }), file)
  expect(profileOf(store, 1)?.comments).toEqual(['packed'])
  const database = new DatabaseSync(file)
  database.exec('delete from packed')
  database.close()
  expect(profileOf(store, 1)).toEqual(PROFILE)
})

/** Whoever changes these fields raises the version of what is packed. */
test('a profile has the fields that its version had', () => {
  const namesIn = (part: object) => Object.keys(part).join(' ')
  const { functions, locations, stacks, samples } = PROFILE
  expect([PROFILE, functions, locations, stacks, samples].map(namesIn)).toEqual([
    'strings functions locations stacks valueTypes samples duration period comments',
    'name file line column',
    'function line',
    'parent location',
    'stack values labels',
  ])
})
