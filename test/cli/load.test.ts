/** What the command line has for loads: a search for capacity, and scenarios of recordings. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, scenarioFile } from '../plan/world.ts'
import { runCli } from './host.ts'

test('capacity asks for the limit that is given, or 100 ms', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const asked = async (...words: string[]) => (await runCli(words, { directory })).asked
  expect(await asked('capacity', 'demo', '--limit', '50ms')).toMatchObject([
    { scenario: 'demo', capacity: 50 },
  ])
  expect(await asked('capacity', 'demo')).toMatchObject([{ capacity: 100 }])
  expect((await asked('demo'))[0]!.capacity).toBeUndefined()
})

test('init --har writes a scenario once, and refuses what is no recording', async () => {
  const entry = { request: { method: 'GET', url: 'http://shop.test/a' }, response: { status: 200 } }
  const directory = await folderWith({
    'a shop.har': JSON.stringify({ log: { entries: [entry] } }),
    'broken.har': '{"log"',
  })
  const init = (file: string) => runCli(['init', '--har', file], { directory })
  expect(await init('a shop.har')).toMatchObject({ code: 0, out: 'wrote  scenarios/a-shop.ts\n' })
  expect(await readFile(join(directory, 'scenarios', 'a-shop.ts'), 'utf8')).toContain("get('/a')")
  expect(await init('a shop.har')).toMatchObject({ code: 0, out: 'exists scenarios/a-shop.ts\n' })
  expect(await init('broken.har')).toMatchObject({ code: 2, err: expect.stringContaining('cut off') })
  expect(await init('none.har')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') })
})
