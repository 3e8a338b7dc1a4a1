import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

/** Pages by path, each a minute younger than the one before. */
async function withPages(...paths: string[]): Promise<string> {
  const directory = await folderWith({})
  for (const [minute, path] of paths.entries()) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), '')
    await utimes(join(directory, path), 0, 60 * minute)
  }
  return directory
}

const environment = { BROWSER: 'true' }

test.each([
  [[], '.bench/b/2/report.html'],
  [['a'], '.bench/a/2/report.html'],
  [['.bench/a/1'], '.bench/a/1/report.html'],
])('open %j shows the newest page there, and none of a checkout', async (words, page) => {
  const directory = await withPages(
    '.bench/a/1/report.html',
    '.bench/a/2/report.html',
    '.bench/b/2/report.html',
    '.bench/worktrees/x/report.html',
  )
  const { code, out, err } = await runCli(['open', ...words], { directory, environment })
  expect({ code, out, err }).toEqual({ code: 0, out: `${join(directory, page)}\n`, err: '' })
})

test('without a browser it still prints the path', async () => {
  const directory = await withPages('.bench/ci/1/index.html')
  const { code, out, err } = await runCli(['open'], {
    directory,
    environment: { BROWSER: '/no/such/browser' },
  })
  expect({ code, out }).toEqual({ code: 0, out: `${join(directory, '.bench/ci/1/index.html')}\n` })
  expect(err).toContain('open the file by hand')
})

test('refuses a folder without a page', async () => {
  const { code, err } = await runCli(['open', 'checkout'], { directory: await folderWith({}), environment })
  expect(code).toBe(2)
  expect(err).toContain('There is no report page in this folder.')
})
