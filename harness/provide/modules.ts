/** The modules of a checkout: installed, taken from an earlier install of the same lock file, or copied. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finding } from '../findings/index.ts'
import { resetWorktree } from '../git/worktree.ts'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { runCommand, worldIn } from './command.ts'
import { copyModules, MODULES, modulesToCopy } from './copy.ts'
import { linkOwn } from './links.ts'
import { findManager } from './manager.ts'

/** Number of installs that are kept. */
const KEPT = 4

export interface Making {
  checkout: Checkout
  /** Id of the variant that runs in the checkout, for messages. */
  label: string
  /** Milliseconds. */
  limit: number
  world: World
}

export interface MadeModules {
  findings: Finding[]
  /** Keeps the modules for the next run. */
  keep?: () => Promise<void>
}

/** @throws MeasureError when the modules are not available, or the target's own command fails */
export async function makeModules(making: Making): Promise<MadeModules> {
  const { prepare } = making.checkout
  if (!prepare) return await modulesFor(making)
  const made = prepare.installs ? { findings: [] } : await modulesFor(making)
  await run(making, prepare.command, prepare.directory)
  return made
}

async function modulesFor(making: Making): Promise<MadeModules> {
  const { checkout, world } = making
  const { install, otherModules } = checkout
  if (!install) return await copied(making, 'Nothing was installed')
  const { command, directory, kept } = install
  const isTaken = kept !== undefined && (await moved(kept, join(directory, MODULES)))
  if (!isTaken) {
    const program = await findManager(command, directory, checkout, world)
    if (!program)
      return await copied(making, `\`${command[0]}\` is not on this machine, or not in the right version`)
    try {
      await run(making, [...program, ...command.slice(1)], directory)
    } catch (error) {
      world.signal.throwIfAborted()
      await resetWorktree(checkout.folder, world.environment)
      return await copied(making, `\`${command.join(' ')}\` failed${reasonOf(error)}`, error)
    }
  }
  const isLinked = otherModules === undefined && (await linkOwn(checkout, world))
  return { findings: [], keep: kept && !isLinked ? () => keepModules(directory, kept) : undefined }
}

/** The most informative line of the output. */
function reasonOf(error: unknown): string {
  const lines = error instanceof MeasureError ? (error.details ?? '').split('\n') : []
  const line = lines.find(text => /\berr/i.test(text)) ?? lines.at(-1)
  return line ? ` (${line.trim()})` : ''
}

async function run({ checkout, label, limit, world }: Making, command: string[], directory: string) {
  world.emit({ type: 'prepare', what: `preparing ${label}: ${command.join(' ')}` })
  await runCommand(command, directory, { what: `Preparing ${label}`, limit }, worldIn(checkout, world))
}

/** @param why nothing was installed: the beginning of a sentence */
async function copied(making: Making, why: string, cause?: unknown): Promise<MadeModules> {
  const { checkout, label, world } = making
  const places = await modulesToCopy(checkout, world)
  if (places.length === 0 || checkout.otherModules !== undefined) {
    // The target's own command may work without them; if not, it fails.
    if (checkout.prepare || (cause === undefined && places.length === 0)) return { findings: [] }
    throw cause ?? unavailable(making, why)
  }
  world.emit({ type: 'prepare', what: `copying the working tree’s modules for ${label}` })
  const scripted = await copyModules(checkout, places, world)
  const copy = `${why}, so ${label} runs with a copy of the working tree’s modules.`
  const findings = [finding('copied-modules', copy)]
  if (scripted.length > 0) {
    const made = `What ${scripted.join(', ')} made when the working tree was installed was copied for ${label}.`
    findings.push(finding('scripted-modules', made))
  }
  return { findings }
}

function unavailable({ checkout, label }: Making, why: string): MeasureError {
  const { install, otherModules, repository } = checkout
  const program = install?.command[0]
  return new MeasureError(
    `The modules of ${label} are not available: ${lowerFirst(why)}, and ${otherModules}.`,
    {
      place: join(repository, install?.lockfile ?? 'package.json'),
      advice: program
        ? `Install ${program}, or set \`prepare\` of the target to the command that installs the modules.`
        : 'Commit a lock file, or set `prepare` of the target to the command that installs the modules.',
    },
  )
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** Keeps the modules for the next run, unless another run has already kept some. */
async function keepModules(directory: string, kept: string): Promise<void> {
  const folder = dirname(kept)
  await mkdir(folder, { recursive: true }).catch(() => {})
  if (!(await moved(join(directory, MODULES), kept))) return
  const paths = (await readdir(folder)).map(name => join(folder, name))
  const all = await Promise.all(paths.map(async path => ({ path, changed: (await stat(path)).ctimeMs })))
  const old = all.toSorted((a, b) => b.changed - a.changed).slice(KEPT)
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })))
}

/** @returns whether it worked: there may be none, or another run is using them */
const moved = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  )
