/** The baseline's commit in a folder of its own, runnable, and gone afterwards. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { addWorktree, removeWorktree } from '../git/index.ts'
import { MeasureError } from '../model/errors.ts'
import { limitsOf } from '../model/limits.ts'
import type { Checkout, Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { runCommand } from './command.ts'
import { keepModules, takeModules } from './modules.ts'
import { makePlace } from './place.ts'

/** Undoes what was made; never rejects because something has gone already. */
export type Release = () => Promise<void>

/** Tells git to pass over all of `.bench`, so that a checkout in it makes no working tree dirty. */
const IGNORE = { name: '.gitignore', text: '*\n' }

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** @throws MeasureError when it cannot be made or cannot run; nothing is left of it then */
export async function makeCheckout(checkout: Checkout, plan: Plan, world: World): Promise<Release> {
  const { repository, folder, commit, prepare } = checkout
  const base = plan.variants.find(({ id }) => id === plan.baseline)!
  const keep: { modules?: () => Promise<void> } = {}
  const release = async () => {
    await keep.modules?.()
    await removeWorktree(repository, folder, world.environment)
  }
  await makeRoom(checkout, world)
  try {
    world.emit({ type: 'prepare', what: `checking out ${base.label}` })
    await addWorktree(repository, folder, commit, world.environment)
    if (prepare) {
      await makeRunnable(prepare, base, limitsOf(plan).prepare, world)
      const { modules, directory } = prepare
      if (modules) keep.modules = () => keepModules(directory, modules)
    }
    world.signal.throwIfAborted()
    await refuseUnrunnable(base, checkout)
  } catch (error) {
    await release()
    throw error
  }
  return release
}

/** The folder for worktrees, without those of runs that were killed. */
async function makeRoom({ repository, folder }: Checkout, { environment }: World): Promise<void> {
  const room = dirname(folder)
  const failure = 'The baseline cannot be checked out here.'
  await makePlace(dirname(room), IGNORE, failure)
  await makePlace(room, null, failure)
  for (const name of await readdir(room)) {
    const owner = /-(\d+)-[0-9a-f]+$/.exec(name)?.[1]
    if (owner && !isAlive(Number(owner))) await removeWorktree(repository, join(room, name), environment)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function makeRunnable(
  { command, directory, modules }: NonNullable<Checkout['prepare']>,
  base: PlannedVariant,
  limit: number,
  world: World,
): Promise<void> {
  if (modules && (await takeModules(modules, directory))) return
  world.emit({ type: 'prepare', what: `preparing ${base.label}: ${command.join(' ')}` })
  if (!(await isThere(directory)))
    throw missing(base, `the folder ${basename(directory)} in which it is prepared`)
  await runCommand(command, directory, { what: `Preparing ${base.label}`, limit }, world)
}

/** An old commit may lack what the scenario starts today, and a service that ends at once would not say so as clearly. */
async function refuseUnrunnable(base: PlannedVariant, { folder }: Checkout): Promise<void> {
  const { command, directory, node } = base
  if (!(await isThere(directory))) throw missing(base, `the folder ${relative(folder, directory)}`)
  const script = command[0] === node ? command.find(word => SCRIPTS.includes(extname(word))) : undefined
  if (script && !(await isThere(resolve(directory, script))))
    throw missing(base, `the file ${relative(folder, resolve(directory, script))}`)
  const name = npmScript(command)
  if (name && !(await hasNpmScript(directory, name))) throw missing(base, `the npm script \`${name}\``)
}

/** `npm start`, `npm run serve` … */
function npmScript([program = '', ...words]: string[]): string | undefined {
  if (!['npm', 'pnpm', 'yarn'].includes(basename(program))) return undefined
  const [first, second] = words.filter(word => !word.startsWith('-'))
  return first === 'run' ? second : first === 'start' ? 'start' : undefined
}

async function hasNpmScript(directory: string, name: string): Promise<boolean> {
  try {
    const { scripts = {} } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
    return Object.hasOwn(scripts, name)
  } catch {
    return false
  }
}

const missing = ({ label, command }: PlannedVariant, what: string) =>
  new MeasureError(`${label} has not ${what}, so it cannot be started.`, {
    place: command.join(' '),
    advice: 'Compare with a commit that has it, or set `prepare` of the target if a build makes it.',
  })

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
