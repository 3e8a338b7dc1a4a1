/** A service in a workspace that uses a library of the same repository, and the checkout of an older commit of it. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { makePlan } from '../../harness/plan/index.ts'
import { provide } from '../../harness/provide/index.ts'
import { CAPABILITIES, folderWith, worldIn } from '../plan/world.ts'

export const json = (value: unknown) => JSON.stringify(value)

export const scenario = (target = '') => `export default {
  target: { name: 'api', command: ['node', 'server.js'], directory: import.meta.dirname + '/packages/api', ${target} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}
`

export const API = {
  '.gitignore': 'node_modules\n.pnp.cjs\n.bench\n',
  'demo.js': scenario(),
  'packages/api/server.js': '',
  'packages/api/package.json': json({ name: 'api', dependencies: { '@org/lib': '*' } }),
  'packages/lib/package.json': json({ name: '@org/lib', version: '1.0.0' }),
}
export const FAST = { 'packages/lib/index.js': `module.exports = 'fast'` }
export const SLOW = { 'packages/lib/index.js': `module.exports = 'slow'` }

/** Programs without package managers. */
export async function bareEnvironment() {
  const bin = join(await folderWith({}), 'bin')
  await mkdir(bin)
  const { stdout } = await execa('sh', ['-c', 'command -v git'])
  await symlink(stdout, join(bin, 'git'))
  await symlink(process.execPath, join(bin, 'node'))
  return { PATH: bin, HOME: '/nonexistent' }
}

export const withNpm = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH!,
  HOME: '/nonexistent',
  ...more,
})

/** Writes files that git does not know. */
export async function put(directory: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), text)
  }
}

export async function link(directory: string, name: string, target: string) {
  await mkdir(dirname(join(directory, name)), { recursive: true })
  await symlink(target, join(directory, name))
}

/** The checkout of a commit: what makes it, and what its service loads. */
export async function baseOf(directory: string, environment: Record<string, string>, ref = 'HEAD^') {
  const world = worldIn(directory, { environment })
  const plan = await makePlan({ scenario: 'demo.js', baseline: `git:${ref}` }, world, CAPABILITIES)
  const { folder, prepare } = plan.checkout!
  const api = join(folder, 'packages/api')
  const makes = async () => {
    const { release, findings } = await provide(plan, world)
    return { release, codes: findings.map(({ code }) => code), findings }
  }
  /** What a module of the service gets, and the files that were loaded for it. */
  const loads = async (name: string, from = api) => {
    const script = `const value = require(${json(name)}); console.log(JSON.stringify({ value, files: Object.keys(require.cache) }))`
    const { stdout } = await execa(process.execPath, ['-e', script], { cwd: from })
    return JSON.parse(stdout) as { value: unknown; files: string[] }
  }
  return { plan, folder, api, prepare, makes, loads }
}

export const isWithin = (folder: string) => (file: string) => file.startsWith(`${folder}/`)
