/** Checks out the baseline's commit, makes it runnable, and removes it afterwards. */
import { existsSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { addWorktree, removeWorktree, worktreesOf } from '../git/worktree.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Checkout, Plan, PlannedVariant } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { limitsOf } from '../scenario/limits.ts'
import { build, buildImage } from './build.ts'
import { filesIn } from './copy.ts'
import { hasNpmScript, makePlace, startFileOf } from './files.ts'
import { copyNamed, lackingIn, withoutSettings } from './ignored.ts'
import { type MadeModules, makeModules } from './modules.ts'
import { ownPackages, refuseStaleCopies } from './own-packages.ts'

/** The name of a checkout, with the id of the process that made it. */
const MARKED = /^(?:\.flamegate-)?[0-9a-f]{12}-(\d+)-[0-9a-f]{6}$/

/** Makes git ignore `.bench`, so that kept modules do not make the working tree dirty. */
const IGNORE = { name: '.gitignore', text: '*\n' }

export interface Provided {
  /** Undoes everything; never rejects because something is already gone. */
  release: () => Promise<void>
  findings: Finding[]
  /** Ignored files of the working tree that the checkout does not have. */
  lacking?: string[]
}

/** @throws MeasureError when it cannot be made or cannot run; then nothing of it is left */
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
    const place = checkout.prepare?.directory ?? folder
    if (!existsSync(place)) throw missing(base, `the folder ${basename(place)} in which it is prepared`)
    const copied = await copyNamed(plan, checkout, world)
    const limit = limitsOf(plan).prepare
    Object.assign(made, await makeModules({ checkout, label: base.label, limit, world }))
    // A failed install has reset the checkout to its commit.
    await copyNamed(plan, checkout, world)
    await build(base, plan, world)
    await buildImage(base, plan, world)
    world.signal.throwIfAborted()
    await refuseUnrunnable(base, checkout, plan)
    const lacking = await lackingIn(plan, checkout, world)
    return { release, findings: [...made.findings, ...copied, ...withoutSettings(base, lacking)], lacking }
  } catch (error) {
    await release()
    throw error
  }
}

/**
 * Removes the checkouts of killed runs.
 *
 * @param only 'look' to remove nothing
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

/** An old commit can lack what the scenario starts today. A service that ends at once would not say so as clearly. */
async function refuseUnrunnable(base: PlannedVariant, { folder }: Checkout, plan: Plan): Promise<void> {
  const { command, directory, container } = base
  if (!existsSync(directory)) throw missing(base, `the folder ${relative(folder, directory)}`)
  if (container) return
  const file = startFileOf(base)
  if (file && !existsSync(file))
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
