import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { saveArtifacts } from '../../harness/store/index.ts'
import { folderWith } from '../plan/world.ts'

test('files are written into the run’s folder, except those for standard output', async () => {
  const folder = join(await folderWith({}), 'run')
  const paths = await saveArtifacts(folder, [
    { path: '', content: 'table' },
    { path: 'report.html', content: '<p>' },
    { path: 'profiles/r1-json-cpu.pb.gz', content: Uint8Array.of(31, 139) },
  ])
  expect(paths).toEqual([join(folder, 'report.html'), join(folder, 'profiles', 'r1-json-cpu.pb.gz')])
  expect(await readFile(paths[0]!, 'utf8')).toBe('<p>')
  expect([...(await readFile(paths[1]!))]).toEqual([31, 139])
})

test.each([
  '../report.html',
  'profiles/../../x',
  '/etc/x',
  'a//b',
  'a\\b',
  'C:x',
  '.bashrc',
  'nul\0.html',
  'profiles/',
])('%j never becomes a path', async path => {
  const folder = await folderWith({})
  await expect(saveArtifacts(folder, [{ path, content: 'x' }])).rejects.toThrow(/not a plain path inside/)
})

test('a link does not lead out of the folder', async () => {
  const [folder, elsewhere] = [await folderWith({}), await folderWith({})]
  await symlink(elsewhere, join(folder, 'profiles'))
  await expect(saveArtifacts(folder, [{ path: 'profiles/x.gz', content: 'x' }])).rejects.toThrow(
    /not a plain path/,
  )
})
