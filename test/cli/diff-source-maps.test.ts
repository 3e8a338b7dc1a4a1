/** `diff --source-maps` on profiles of a bundle. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

async function diff(before: string, after: string, flags: string[], files: Record<string, string>) {
  const directory = await folderWith(files)
  const ran = await runCli(['diff', before, after, '--output', 'out', ...flags], { directory })
  const text = await readFile(join(directory, 'out', 'report.json'), 'utf8').catch(() => 'null')
  return { ...ran, json: JSON.parse(text) }
}

describe('profiles of a bundle, with --source-maps', () => {
  const map = (sources: string[]) => JSON.stringify({ version: 3, names: [], sources, mappings: 'AAAA;ACAA' })
  const files = {
    before: 'main (/srv/app/dist/server.js:1);work (/srv/app/dist/server.js:2) 5\n',
    after: 'main (/srv/app/dist/server.js:1);work (/srv/app/dist/server.js:2) 10\n',
    'build/dist/server.js.map': map(['../src/a.ts', '../src/b.ts']),
    'build/other/server.js.map': map(['wrong.ts']),
  }
  const filesIn = (json: { frames: { file: string }[] }) => new Set(json.frames.map(({ file }) => file))

  test('functions are in the sources, whether those are there or not', async () => {
    const { code, json } = await diff('before', 'after', ['--source-maps', 'build'], files)
    expect(code).toBe(0)
    expect([...filesIn(json)]).toEqual(['b.ts'])
    expect(json.repeat).toContain('--source-maps build')
  })

  test.each([
    ['a folder that is not there', 'elsewhere', 'cannot be read'],
    ['a folder with maps of other scripts', 'maps', 'No source map in the folder belongs to a file'],
    ['a damaged map', 'damaged', 'is damaged'],
  ])('%s is refused', async (_, folder, said) => {
    const { code, err } = await diff('before', 'after', ['--source-maps', folder], {
      ...files,
      'maps/client.js.map': map(['a.ts']),
      'damaged/server.js.map': 'nonsense',
    })
    expect(code).toBe(2)
    expect(err).toContain(said)
  })
})
