/** Scenarios made of files that a team has already can be planned as they were written. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { loadCapabilities } from '../../../harness/capabilities.ts'
import { folderWith } from '../../plan/world.ts'
import { SAMPLES, sample } from '../../script/import/imported.ts'
import { runCli } from '../host.ts'

const API = pathToFileURL(join(import.meta.dirname, '../../../harness/index.ts')).href
const capabilities = await loadCapabilities()

/** A project in which the package is installed. */
const project = () =>
  folderWith({
    'package.json': '{ "name": "shop", "type": "module", "scripts": { "start": "node server.js" } }',
    'server.js': 'listen(process.env.PORT)',
    'node_modules/flamegate/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/flamegate/index.js': `export * from '${API}'`,
    ...Object.fromEntries(Object.values(SAMPLES).map(name => [name, sample(name)])),
  })

test.each(Object.entries(SAMPLES))('init --%s %s', async (format, file) => {
  const directory = await project()
  const { code, out } = await runCli(['init', `--${format}`, file], { directory })
  expect(code).toBe(0)
  expect(out).toContain(`\nTaken from ${file}`)
  const [, path, name] = /^wrote {2}(scenarios\/(.+)\.ts)$/m.exec(out)!
  expect(out).toContain(`A first run, against itself: npx flamegate ${name} --aa --quick\n`)
  expect(await readFile(join(directory, path!), 'utf8')).toContain(`// Taken from ${file}`)
  const planned = await runCli([name!, '--aa', '--dry-run'], { directory, capabilities })
  expect(planned).toMatchObject({ code: 0, err: '' })
  expect(planned.out).toMatch(/GET \//)
})

test('what cannot be read names the file, and the way out', async () => {
  const directory = await project()
  const err = async (...words: string[]) => (await runCli(['init', ...words], { directory })).err
  expect(await err('--k6', 'none.js')).toMatch(/cannot be read.*none\.js.*Check the path/s)
  expect(await err('--k6', SAMPLES.artillery)).toMatch(
    /cannot be read as JavaScript.*shop\.artillery\.yml:4/s,
  )
  expect(await err('--k6', SAMPLES.k6, '--postman', SAMPLES.postman)).toMatch(/`--k6` and `--postman`/)
})
