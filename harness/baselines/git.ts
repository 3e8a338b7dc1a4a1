/** The variant as it was in a commit, checked out next to the working tree and measured in the same rounds. */
import { randomBytes } from 'node:crypto'
import { access, constants, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { finding } from '../findings/index.ts'
import { isDirty, openRepository, type Repository, resolveCommit } from '../git/repository.ts'
import type { BaselineQuestion, BaselineSource } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Checkout, PlannedVariant } from '../model/plan.ts'
import { isInside } from '../paths/inside.ts'
import { mover } from '../paths/moved.ts'
import { planModules } from './modules.ts'
import { onlyVariant } from './single.ts'

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
    const checkout = await planCheckout(repository, ref, commit, own, question)
    const base = moved(home, checkout)
    const label = own.label === 'current' ? 'working tree' : `${own.label} (working tree)`
    const findings = await notices(repository, checkout)
    return { variants: [base, { ...home, label }], baseline: base.id, checkout, findings }
  },
}

export default git

async function insideOf({ root }: Repository, { id, directory }: PlannedVariant, { file }: BaselineQuestion) {
  const place = await real(directory)
  if (isInside(root, place)) return place
  throw new UsageError(`Variant \`${id}\` runs in ${directory}, which is not in the repository ${root}.`, {
    place: file,
    advice: 'Only what is in the repository can be checked out at another commit.',
  })
}

/**
 * The checkout is next to the working tree, like the same folder under another name: relative paths out of the repository
 * still work, and no search upwards (for modules or settings) ends in the working tree. The name has the process id, so
 * that what a killed run leaves behind can be told from a checkout in use.
 */
async function planCheckout(
  repository: Repository,
  ref: string,
  commit: string,
  own: PlannedVariant,
  { target, file, world }: BaselineQuestion,
): Promise<Checkout> {
  const { root } = repository
  const mark = [commit.slice(0, 12), process.pid, randomBytes(3).toString('hex')].join('-')
  const folder = join(await roomBeside(root), `.flamegate-${mark}`)
  const { PWD, INIT_CWD } = world.environment
  const spellings = await spellingsOf(root, [own.directory, dirname(file), world.directory, PWD, INIT_CWD])
  const place = { repository, commit, directory: relative(root, await real(own.directory)) }
  return {
    repository: root,
    ref,
    commit,
    folder,
    spellings: spellings.length > 0 ? spellings : undefined,
    ...(await planModules(place, target.prepare, folder, world)),
  }
}

/** The folder that the repository is in, or the one for temporary files if that is not writable. */
async function roomBeside(root: string): Promise<string> {
  const folder = dirname(root)
  if (folder === root) return tmpdir()
  return access(folder, constants.W_OK).then(() => folder, tmpdir)
}

const real = (path: string) => realpath(path).catch(() => path)

/** Other spellings of the repository's path, when these folders are reached through symbolic links. */
async function spellingsOf(root: string, folders: (string | undefined)[]): Promise<string[]> {
  const found = folders.map(async folder => {
    if (folder === undefined) return root
    const way = relative(root, await real(folder))
    if (way === '') return resolve(folder)
    return folder.endsWith(sep + way) ? folder.slice(0, -way.length - 1) : root
  })
  return [...new Set(await Promise.all(found))].filter(path => path !== root)
}

/** Every path into the repository becomes the same path in the checkout, except that of the Node binary. */
function moved(own: PlannedVariant, checkout: Checkout): PlannedVariant {
  const { repository, folder, ref, commit } = checkout
  const move = mover(checkout)
  const short = commit.slice(0, 9)
  const { container } = own
  return {
    ...own,
    id: `${own.id}-base`,
    // Each side has an image of its own.
    ...(container?.build !== undefined && { container: { ...container, image: `${container.image}-base` } }),
    label: commit.startsWith(ref) ? short : `${ref} (${short})`,
    command: own.command.map(word => (word === own.node ? word : move(word))),
    directory: join(folder, relative(repository, own.directory)),
    environment: Object.fromEntries(
      Object.entries(own.environment).map(([name, value]) => [name, move(value)]),
    ),
  }
}

async function notices(repository: Repository, checkout: Checkout): Promise<Finding[]> {
  if (await isDirty(repository))
    return [
      finding('uncommitted-changes', 'The working tree has uncommitted changes; they are measured too.'),
    ]
  if ((await resolveCommit(repository, 'HEAD')) !== checkout.commit) return []
  const message = `The working tree is ${checkout.ref} itself, so the code is compared with itself.`
  return [finding('same-commit', message)]
}
