/** The same variant as it was in a commit: checked out beside the working tree, measured in the same rounds. */
import { createHash, randomBytes } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { blobOf, isDirty, openRepository, type Repository, resolveCommit, textOf } from '../git/index.ts'
import type { BaselineQuestion, BaselineSource } from '../model/capabilities.ts'
import { finding } from '../model/catalogue.ts'
import { UsageError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Checkout, PlannedVariant } from '../model/plan.ts'
import { onlyVariant } from './only.ts'

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json']
const INSTALL = ['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline']

/** What npm runs on an install besides unpacking: its effects lie outside of `node_modules`. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare']

const git: BaselineSource = {
  name: 'git',
  prefix: 'git:',
  form: 'git:<ref>',
  async plan(question) {
    const { reference: ref, target, world } = question
    const own = onlyVariant(question)
    const repository = await openRepository(target.directory, world.environment)
    const commit = await resolveCommit(repository, ref)
    const home = { ...own, directory: await insideOf(repository, own, question) }
    const checkout = await planCheckout(repository, ref, commit, home.directory, question)
    const base = moved(home, repository.root, checkout)
    return {
      variants: [
        base,
        { ...home, label: own.label === 'current' ? 'working tree' : `${own.label} (working tree)` },
      ],
      baseline: base.id,
      checkout,
      findings: await notices(repository, checkout, home.directory),
    }
  },
}

export default git

async function insideOf({ root }: Repository, { id, directory }: PlannedVariant, { file }: BaselineQuestion) {
  const real = await realpath(directory).catch(() => directory)
  if (real === root || real.startsWith(root + sep)) return real
  throw new UsageError(`Variant \`${id}\` runs in ${directory}, which is not in the repository ${root}.`, {
    place: file,
    advice: 'Only what is in the repository can be checked out at another commit.',
  })
}

/** The process is in the folder's name, so that what a run that was killed left behind is known as such. */
async function planCheckout(
  repository: Repository,
  ref: string,
  commit: string,
  directory: string,
  { target, world }: BaselineQuestion,
): Promise<Checkout> {
  const { root } = repository
  const mark = [commit.slice(0, 12), process.pid, randomBytes(3).toString('hex')].join('-')
  const folder = join(world.directory, '.bench', 'worktrees', mark)
  const checkout = { repository: root, ref, commit, folder }
  const { prepare } = target
  if (prepare === false) return checkout
  if (prepare)
    return { ...checkout, prepare: { command: prepare, directory: join(folder, relative(root, directory)) } }
  const lock = await lockfileAbove(repository, commit, relative(root, directory))
  if (!lock) return checkout
  const cache = join(world.directory, '.bench', 'cache', 'modules')
  const modules = lock.selfContained && { modules: join(cache, keyOf(lock.blob)) }
  return {
    ...checkout,
    prepare: { command: INSTALL, directory: join(folder, lock.directory), ...modules },
  }
}

/** Native modules are built for one Node on one kind of machine. */
const keyOf = (blob: string) =>
  createHash('sha256')
    .update([blob, process.version, process.platform, process.arch].join(' '))
    .digest('hex')
    .slice(0, 24)

interface Lockfile {
  /** Folder relative to the repository. */
  directory: string
  /** Hash of its content. */
  blob: string
  /** Whether everything that an install makes is in the one `node_modules` beside it. */
  selfContained: boolean
}

/** The nearest one in the folder or above it. */
async function lockfileAbove(
  repository: Repository,
  commit: string,
  directory: string,
): Promise<Lockfile | null> {
  const within = directory === '' ? '.' : directory
  for (const name of LOCKFILES) {
    const blob = await blobOf(repository, commit, slashed(join(within, name)))
    if (blob !== null)
      return { directory: within, blob, selfContained: await isSelfContained(repository, commit, within) }
  }
  return within === '.' ? null : await lockfileAbove(repository, commit, dirname(within))
}

async function isSelfContained(repository: Repository, commit: string, directory: string): Promise<boolean> {
  const { workspaces, scripts = {} } = await manifestOf(repository, commit, directory)
  return workspaces === undefined && !INSTALL_SCRIPTS.some(name => Object.hasOwn(scripts, name))
}

interface Manifest {
  workspaces?: unknown
  scripts?: Record<string, unknown>
  dependencies?: Record<string, unknown>
}

async function manifestOf(repository: Repository, commit: string, directory: string): Promise<Manifest> {
  const text = await textOf(repository, commit, slashed(join(directory, 'package.json')))
  try {
    return JSON.parse(text ?? '{}') as Manifest
  } catch {
    // npm will say what is wrong with it, in its own words.
    return {}
  }
}

/** git writes paths with slashes everywhere. */
const slashed = (path: string) => path.replaceAll('\\', '/')

/** Whatever names a place in the repository names the same place in the checkout; the Node binary is not part of it. */
function moved(own: PlannedVariant, root: string, { folder, ref, commit }: Checkout): PlannedVariant {
  const move = (text: string) => (text === root ? folder : text.replaceAll(root + sep, folder + sep))
  const short = commit.slice(0, 9)
  return {
    ...own,
    id: `${own.id}-base`,
    label: commit.startsWith(ref) ? short : `${ref} (${short})`,
    command: own.command.map(word => (word === own.node ? word : move(word))),
    directory: move(own.directory),
    environment: Object.fromEntries(
      Object.entries(own.environment).map(([name, value]) => [name, move(value)]),
    ),
  }
}

async function notices(repository: Repository, checkout: Checkout, directory: string): Promise<Finding[]> {
  const findings: Finding[] = []
  const dirty = await isDirty(repository)
  const head = await resolveCommit(repository, 'HEAD')
  if (dirty)
    findings.push(
      finding(
        'uncommitted-changes',
        'The working tree has changes that no commit has; they are measured with it.',
      ),
    )
  if (!dirty && head === checkout.commit)
    findings.push(
      finding(
        'same-commit',
        `The working tree is ${checkout.ref} itself, so the same code is compared with itself.`,
      ),
    )
  const { dependencies = {} } = await manifestOf(
    repository,
    checkout.commit,
    relative(repository.root, directory),
  )
  if (!checkout.prepare && Object.keys(dependencies).length > 0)
    findings.push(
      finding(
        'borrowed-modules',
        `${checkout.ref} has dependencies and no lockfile of npm: it runs with the modules of the working tree.`,
      ),
    )
  return findings
}
