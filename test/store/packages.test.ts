import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageFolder } from '../../harness/profile/index.ts'
import { readPackages } from '../../harness/store/packages.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'packages-'))
})
afterAll(() => rm(root, { recursive: true }))

/** Installs a package, and says what is read of it for one of its files. */
async function read(folder: string, manifest?: string, file = 'lib/index.js') {
  const path = join(root, folder)
  await mkdir(path, { recursive: true })
  if (manifest !== undefined) await writeFile(join(path, 'package.json'), manifest)
  expect(packageFolder(join(path, file))).toBe(path)
  const [{ name, version } = {}] = await readPackages([path])
  return `${name} ${version}`
}

it.each<[string, string, string | undefined, string]>([
  ['a package', 'node_modules/debug', '{"name":"debug","version":"4.3.4"}', 'debug 4.3.4'],
  [
    'a scoped one',
    'node_modules/@koa/router',
    '{"name":"@koa/router","version":"13.1.0"}',
    '@koa/router 13.1.0',
  ],
  ['a nested one', 'node_modules/a/node_modules/debug', '{"name":"debug","version":"2.6.9"}', 'debug 2.6.9'],
  [
    'one of pnpm',
    'node_modules/.pnpm/zod@3.25.76/node_modules/zod',
    '{"name":"zod","version":"3.25.76"}',
    'zod 3.25.76',
  ],
  ['an alias', 'node_modules/zod4', '{"name":"zod","version":"4.1.0"}', 'zod 4.1.0'],
  ['a prerelease', 'node_modules/x', '{"name":"x","version":"1.0.0-rc.1+b2"}', 'x 1.0.0-rc.1+b2'],
  ['a byte order mark', 'node_modules/bom', '\uFEFF{"name":"bom","version":"1.0.0"}', 'bom 1.0.0'],
  ['no version', 'node_modules/c', '{"name":"c"}', 'c undefined'],
  ['no name', 'node_modules/d', '{"type":"module"}', 'd undefined'],
  ['no package.json', 'node_modules/@none/e', undefined, '@none/e undefined'],
  ['text that is not JSON', 'node_modules/f', '{"name":"other",', 'f undefined'],
  ['an empty file', 'node_modules/g', '', 'g undefined'],
  ['null', 'node_modules/h', 'null', 'h undefined'],
  ['values of other types', 'node_modules/i', '{"name":{"a":1},"version":7}', 'i undefined'],
  [
    'what npm would not write',
    'node_modules/j',
    '{"name":"a b\\u001b[1m","version":"the best"}',
    'j undefined',
  ],
  ['deep nesting', 'node_modules/k', `{"name":"k","version":${'['.repeat(1e5)}`, 'k undefined'],
  ['a huge file', 'node_modules/l', `{"name":"other","x":"${'x'.repeat(2 ** 20)}"}`, 'l undefined'],
])('%s', async (_, folder, manifest, said) => {
  expect(await read(folder, manifest)).toBe(said)
})

it('ignores the package.json of a folder inside a package', async () => {
  const inner = join(root, 'node_modules/m/dist/esm')
  await mkdir(inner, { recursive: true })
  await writeFile(join(inner, 'package.json'), '{"name":"m-esm","version":"0.0.0"}')
  expect(await read('node_modules/m', '{"name":"m","version":"2.0.0"}', 'dist/esm/index.js')).toBe('m 2.0.0')
})

it('reads a folder that is called package.json as none', async () => {
  await mkdir(join(root, 'node_modules/n/package.json'), { recursive: true })
  expect(await read('node_modules/n')).toBe('n undefined')
})
