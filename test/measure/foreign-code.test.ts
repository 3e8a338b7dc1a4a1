import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { NotComparable, refuseForeignCode } from '../../harness/measure/harness/foreign-code.ts'
import type { Checkout, PlannedVariant } from '../../harness/model/plan.ts'
import { folderWith } from '../plan/world.ts'

const variant = (id: string, label: string): PlannedVariant => ({
  id,
  label,
  command: ['node', 'service.js'],
  directory: '/',
  environment: {},
  node: 'node',
})

const VARIANTS = [variant('app-base', 'HEAD^ (1a2b3c4d5)'), variant('app', 'working tree')]

/** A repository with a checkout in it, and the files that each side is said to have loaded. */
async function compared(
  [base, app]: [base: string[], app: string[]],
  { at = '.bench/worktrees/mark', ...rest }: { at?: string; prepare?: Checkout['prepare'] } = {},
) {
  const root = await realpath(await folderWith({}))
  const repository = join(root, 'shop')
  const folder = join(repository, at)
  for (const name of [...base, ...app]) {
    await mkdir(dirname(join(repository, name)), { recursive: true })
    await writeFile(join(repository, name), '')
  }
  const urls = (names: string[]) => names.map(name => pathToFileURL(join(repository, name)).href)
  const checkout = { repository, ref: 'HEAD^', commit: '1a2b', folder, ...rest }
  const plan = { checkout, variants: VARIANTS, baseline: 'app-base' }
  return { repository, folder, plan, loaded: [urls(base), urls(app)] }
}

test.each([
  ['each side its own', ['.bench/worktrees/mark/lib/a.js'], ['lib/a.js']],
  [
    'packages of the working tree',
    ['node_modules/pkg/a.js', 'api/node_modules/.pnpm/b@1/node_modules/b/b.js'],
    [],
  ],
  ['packages of the checkout', ['.bench/worktrees/mark/node_modules/pkg/a.js'], []],
  ['files outside of the repository', ['../agent/agent.js', '../shop-tools/a.js'], ['../agent/agent.js']],
])('accepts %s', async (_, base, app) => {
  const { plan, loaded } = await compared([base, app])
  await expect(refuseForeignCode(plan, loaded)).resolves.toBeUndefined()
})

test('a checkout next to the repository is not part of it', async () => {
  const { plan, loaded } = await compared([['../.checkout/lib/a.js'], ['lib/a.js']], { at: '../.checkout' })
  await expect(refuseForeignCode(plan, loaded)).resolves.toBeUndefined()
})

test('names a few files of the working tree that the base ran', async () => {
  const names = ['lib/c.js', 'lib/a.js', 'lib/b.js', 'lib/d.js', 'lib/e.js']
  const { plan, loaded } = await compared([names, names])
  await expect(refuseForeignCode(plan, loaded)).rejects.toThrow(
    'Not comparable: HEAD^ (1a2b3c4d5) ran code of the working tree instead of its own: lib/a.js, lib/b.js, lib/c.js and 2 more.',
  )
  await expect(refuseForeignCode(plan, loaded)).rejects.toBeInstanceOf(NotComparable)
})

test('names code of another checkout that the base ran', async () => {
  const { plan, loaded } = await compared([['.bench/worktrees/other/lib/a.js'], []])
  await expect(refuseForeignCode(plan, loaded)).rejects.toThrow('.bench/worktrees/other/lib/a.js')
})

test('names code of the checkout that the working tree ran', async () => {
  const { plan, loaded } = await compared([[], ['lib/a.js', '.bench/worktrees/mark/lib/a.js']])
  await expect(refuseForeignCode(plan, loaded)).rejects.toThrow(
    'Not comparable: working tree ran code of HEAD^ instead of its own: lib/a.js.',
  )
})

test('a link counts as the file that it leads to', async () => {
  const { repository, folder, plan } = await compared([['.bench/worktrees/mark/service.js'], ['lib/a.js']])
  await mkdir(join(folder, 'node_modules'))
  await symlink(join(repository, 'lib'), join(folder, 'node_modules', 'lib'))
  const loaded = [[pathToFileURL(join(folder, 'node_modules', 'lib', 'a.js')).href], []]
  await expect(refuseForeignCode(plan, loaded)).rejects.toThrow('lib/a.js')
})

test('the advice mentions the preparation that the target has', async () => {
  const bare = await compared([['lib/a.js'], []])
  await expect(refuseForeignCode(bare.plan, bare.loaded)).rejects.toMatchObject({
    advice: expect.stringContaining('`prepare` of the target, for example'),
  })
  const prepare = { command: ['pnpm', 'install'], directory: '/' }
  const prepared = await compared([['lib/a.js'], []], { prepare })
  await expect(refuseForeignCode(prepared.plan, prepared.loaded)).rejects.toMatchObject({
    advice: expect.stringContaining('`pnpm install` leaves something'),
  })
})

test('ignores a URL without a path, and a run without a checkout', async () => {
  const { plan } = await compared([['lib/a.js'], []])
  await expect(
    refuseForeignCode(plan, [['http://a/b', 'nonsense', 'file://host/a'], []]),
  ).resolves.toBeUndefined()
  await expect(
    refuseForeignCode({ variants: VARIANTS, baseline: 'app-base' }, [['file:///a']]),
  ).resolves.toBeUndefined()
})
