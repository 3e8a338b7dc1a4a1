import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeAtomically } from '../../harness/store/atomic.ts'

test('a half that a killed process has left goes when the file is written again, and nothing else does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atomic-'))
  const { pid: gone } = spawnSync(process.execPath, ['--version'])
  const half = `record.json.${gone}.tmp`
  // Of a living process, of another file, and somebody's own.
  const others = [`record.json.${process.ppid}.tmp`, `other.json.${gone}.tmp`, `record.json.mine.tmp`]
  for (const name of [half, ...others]) writeFileSync(join(folder, name), '{"half":')
  await writeAtomically(join(folder, 'record.json'), '{}')
  expect(readdirSync(folder).toSorted()).toEqual([...others, 'record.json'].toSorted())
  expect(readFileSync(join(folder, 'record.json'), 'utf8')).toBe('{}')
})
