/** The baseline's commit in a folder of its own, runnable, and gone afterwards. */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { addWorktree, removeWorktree } from '../git/index.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import { limitsOf } from '../model/limits.ts'
import type { Checkout, Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { build } from './build.ts'
import { runCommand } from './command.ts'
import { copyNamed, lackingIn, sidesOf, withoutSettings } from './ignored.ts'
import { keepModules, takeModules } from './modules.ts'
import { makePlace } from './place.ts'
import { hasNpmScript, isThere, startFileOf } from './start-file.ts'

/** Undoes what was made; never rejects because something has gone already. */
export type Release = () => Promise<void>

/** Tells git to pass over all of `.bench`, so that a checkout in it makes no working tree dirty. */
const IGNORE = { name: '.gitignore', text: '*\n' }

export interface Provided {
  release: Release
  findings: Finding[]
  /** Files of the working tree that the checkout does not have, because git ignores them. */
  lacking?: string[]
}

/** @throws MeasureError when it cannot be made or cannot run; nothing is left of it then */
export async function makeCheckout(checkout: Checkout, plan: Plan, world: World): Promise<Provided> {
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
    const copied = await copyNamed(plan, checkout, world)
    if (prepare) {
      await makeRunnable(prepare, base, limitsOf(plan).prepare, world)
      const { modules, directory } = prepare
      if (modules) keep.modules = () => keepModules(directory, modules)
    }
    await build(base, plan, world)
    world.signal.throwIfAborted()
    await refuseUnrunnable(base, checkout, plan)
    const lacking = await lackingIn(plan, checkout, world)
    return { release, findings: [...copied, ...withoutSettings(sidesOf(plan), lacking)], lacking }
  } catch (error) {
    await release()
    throw error
  }
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
async function refuseUnrunnable(base: PlannedVariant, { folder }: Checkout, plan: Plan): Promise<void> {
  const { command, directory } = base
  if (!(await isThere(directory))) throw missing(base, `the folder ${relative(folder, directory)}`)
  const file = startFileOf(base)
  if (file && !(await isThere(file)))
    throw missing(
      base,
      `the file ${relative(folder, file)}`,
      !plan.build && (await hasNpmScript(directory, 'build'))
        ? "Set `build: ['npm', 'run', 'build']` of the target if a build makes it, or compare with a commit that has it."
        : undefined,
    )
  const name = npmScript(command)
  if (name && !(await hasNpmScript(directory, name))) throw missing(base, `the npm script \`${name}\``)
}

/** `npm start`, `npm run serve` … */
function npmScript([program = '', ...words]: string[]): string | undefined {
  if (!['npm', 'pnpm', 'yarn'].includes(basename(program))) return undefined
  const [first, second] = words.filter(word => !word.startsWith('-'))
  return first === 'run' ? second : first === 'start' ? 'start' : undefined
}

const OLDER = 'Compare with a commit that has it, or set `build` of the target if a build makes it.'

const missing = ({ label, command }: PlannedVariant, what: string, advice = OLDER) =>
  new MeasureError(`${label} does not have ${what}, so it cannot be started.`, {
    place: command.join(' '),
    advice,
  })
