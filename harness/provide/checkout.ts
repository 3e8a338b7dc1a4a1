/** The baseline's commit in a folder of its own, runnable, and gone afterwards. */
import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join, relative, resolve } from 'node:path'
import { addWorktree, removeWorktree, worktreesOf } from '../git/index.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import { limitsOf } from '../model/limits.ts'
import type { Checkout, Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { filesIn } from './copy.ts'
import { type MadeModules, makeModules } from './modules.ts'
import { ownPackages, refuseStaleCopies } from './own-packages.ts'
import { makePlace } from './place.ts'

/** Undoes what was made; never rejects because something has gone already. */
export type Release = () => Promise<void>

/** The name of a checkout, with the process that made it. */
const MARKED = /^(?:\.flamegate-)?[0-9a-f]{12}-(\d+)-[0-9a-f]{6}$/

/** Tells git to pass over all of `.bench`, so that kept modules make no working tree dirty. */
const IGNORE = { name: '.gitignore', text: '*\n' }

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

export interface Provided {
  release: Release
  findings: Finding[]
}

/** @throws MeasureError when it cannot be made or cannot run; nothing is left of it then */
export async function makeCheckout(checkout: Checkout, plan: Plan, world: World): Promise<Provided> {
  const { repository, folder, commit } = checkout
  const base = plan.variants.find(({ id }) => id === plan.baseline)!
  const made: MadeModules = { findings: [] }
  const release = async () => {
    await made.keep?.()
    await removeWorktree(repository, folder, world.environment)
  }
  await refuseStaleCopies(repository, await ownPackages(repository, await filesIn(checkout, world)))
  await makePlace(join(world.directory, '.bench'), IGNORE, 'The baseline cannot be checked out here.')
  await removeAbandoned(repository, world.environment)
  try {
    world.emit({ type: 'prepare', what: `checking out ${base.label}` })
    await addWorktree(repository, folder, commit, world.environment)
    await refuseWithoutFolder(base, checkout)
    const limit = limitsOf(plan).prepare
    Object.assign(made, await makeModules({ checkout, label: base.label, limit, world }))
    world.signal.throwIfAborted()
    await refuseUnrunnable(base, checkout)
  } catch (error) {
    await release()
    throw error
  }
  return { release, findings: made.findings }
}

/**
 * Removes the checkouts of runs that were killed.
 *
 * @param only says which there are
 * @returns their folders
 */
export async function removeAbandoned(
  repository: string,
  environment: World['environment'],
  only?: 'look',
): Promise<string[]> {
  const abandoned = (await worktreesOf(repository, environment)).filter(folder => {
    const owner = MARKED.exec(basename(folder))?.[1]
    return owner !== undefined && !isAlive(Number(owner))
  })
  if (!only) for (const folder of abandoned) await removeWorktree(repository, folder, environment)
  return abandoned
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function refuseWithoutFolder(base: PlannedVariant, { folder, prepare }: Checkout): Promise<void> {
  const place = prepare?.directory ?? folder
  if (!(await isThere(place))) throw missing(base, `the folder ${basename(place)} in which it is prepared`)
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
