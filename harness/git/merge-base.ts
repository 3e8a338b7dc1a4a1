/** The commit that a change is compared with by default: where it left the branch that it will be merged into. */
import { UsageError } from '../model/errors.ts'
import {
  commitOf,
  type Environment,
  git,
  isDirty,
  openRepository,
  type Repository,
  shallowAdvice,
} from './repository.ts'

export interface MergeBase {
  /** Full hash. */
  commit: string
  /** The target branch, as git knows it here. */
  branch: string
  /** How it was found, as text. */
  reason: string
}

/** In these variables, CI systems name the target branch of a pull or merge request. */
const TARGET_VARIABLES = ['GITHUB_BASE_REF', 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME']

/** Tried when no branch is named: the default branch of the remote, then the usual names. */
const USUAL = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master']

/**
 * Where HEAD left the target branch; on a clean target branch, the commit before the last one.
 * @param target a branch; default: the one that the CI system names, or the repository's default branch
 * @throws UsageError when there is no git, no such branch or no common history in this clone
 */
export async function mergeBase(
  directory: string,
  environment: Environment,
  target?: string,
): Promise<MergeBase> {
  const repository = await openRepository(directory, environment)
  const { branch, tip } = await findTarget(repository, target)
  const { output: base } = await git(repository.root, ['merge-base', tip, 'HEAD'], environment)
  if (base === '') throw await noBase(repository, `HEAD and \`${branch}\` have no commit in common`)
  if (base !== (await commitOf(repository, 'HEAD')) || (await isDirty(repository)))
    return { commit: base, branch, reason: `where this branched off from ${branch}` }
  const parent = await commitOf(repository, 'HEAD^')
  if (parent === null) throw await noBase(repository, 'HEAD has no commit before it')
  return { commit: parent, branch, reason: `the commit before the last one of ${branch}` }
}

async function findTarget(repository: Repository, asked: string | undefined) {
  const named = asked ?? TARGET_VARIABLES.map(name => repository.environment[name]).find(Boolean)
  const candidates = named ? [`origin/${named}`, named] : USUAL
  for (const branch of candidates) {
    const tip = await commitOf(repository, branch)
    if (tip !== null) return { branch, tip }
  }
  throw await noBase(
    repository,
    named ? `there is no branch \`${named}\`` : `there is none of ${USUAL.join(', ')}`,
  )
}

async function noBase(repository: Repository, why: string): Promise<UsageError> {
  const advice = await shallowAdvice(repository)
  return new UsageError(
    `There is no base to compare with: ${why}${advice ? ' in this shallow clone' : ''}.`,
    {
      place: repository.root,
      advice: advice ?? 'Name the base: `--baseline git:<ref>`.',
    },
  )
}
