/** What the command line has for loads: a search for capacity, and scenarios of recordings. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, scenarioFile } from '../plan/world.ts'
import { runCli } from './host.ts'

test('capacity uses the given limit, or 100 ms', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const asked = async (...words: string[]) => (await runCli(words, { directory })).asked
  expect(await asked('capacity', 'demo', '--limit', '50ms')).toMatchObject([
    { scenario: 'demo', capacity: 50 },
  ])
  expect(await asked('capacity', 'demo')).toMatchObject([{ capacity: 100 }])
  expect((await asked('demo'))[0]!.capacity).toBeUndefined()
})

const HAR = JSON.stringify({
  log: {
    entries: [
      {
        request: { method: 'GET', url: 'http://shop.test/a?api_key=k3y-0123456789' },
        response: { status: 200 },
      },
    ],
  },
})

const initHar = (directory: string, file: string, ...flags: string[]) =>
  runCli(['init', '--har', file, ...flags], { directory })

test('init --har writes a target and a scenario once, and refuses what is not a recording', async () => {
  const directory = await folderWith({ 'a shop.har': HAR, 'broken.har': '{"log"', 'open.har': HAR })
  await rm(join(directory, 'package.json'))
  const { code, out } = await initHar(directory, 'a shop.har')
  expect(code).toBe(0)
  expect(out).toBe(`wrote  targets/a-shop.mts
wrote  scenarios/a-shop.mts

Recorded from http://shop.test: 1 of 1 requests.
Secrets are not in this file. Set them in the environment of a run, or log in and capture them in \`setup\`:
- SECRET_API_KEY
How the service is started is a guess: correct \`command\` in targets/a-shop.mts.
A first run, against itself: npx flamegate a-shop --aa --quick
`)
  const text = await readFile(join(directory, 'scenarios', 'a-shop.mts'), 'utf8')
  expect(text).toContain("get('/a?api_key={{api_key}}')")
  expect(text).toContain("from '../targets/a-shop.mts'")
  const again = await initHar(directory, 'a shop.har')
  expect(again).toMatchObject({ code: 0, out: 'exists targets/a-shop.mts\nexists scenarios/a-shop.mts\n' })
  // The name of a command.
  expect((await initHar(directory, 'open.har')).out).toContain('scenarios/open-har.mts')
  expect(await initHar(directory, 'broken.har')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cut off'),
  })
  expect(await initHar(directory, 'none.har')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot be read'),
  })
})

test.each([
  ['commonjs', '.mts'],
  [undefined, '.mts'],
  ['module', '.ts'],
])('init --har in a package of type %s takes the target as `init` writes it', async (type, extension) => {
  const directory = await folderWith({
    'shop.har': HAR,
    'package.json': JSON.stringify({ name: 'the-shop', type, scripts: { start: 'MODE=x node app.js' } }),
    'app.js': "app.get('/health', h)",
  })
  const { out } = await initHar(directory, 'shop.har')
  expect(out).toContain(`wrote  targets/the-shop${extension}\nwrote  scenarios/shop${extension}\n`)
  expect(out).not.toContain('is a guess')
  const target = await readFile(join(directory, `targets/the-shop${extension}`), 'utf8')
  expect(target).toMatch(/command: \['node', 'app\.js'\],.*MODE.*ready: '\/health'/s)
  expect(await readFile(join(directory, `scenarios/shop${extension}`), 'utf8')).toContain(
    `from '../targets/the-shop${extension}'`,
  )
  const other = await initHar(directory, 'shop.har', '--command', 'node other.js')
  expect(other.out).toBe(`exists targets/the-shop${extension}\nexists scenarios/shop${extension}\n`)
})
