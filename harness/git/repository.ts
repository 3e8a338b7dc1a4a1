/** Reads a git repository through the program `git`, and changes nothing in it. */
import { resolve } from 'node:path'
import { execa } from 'execa'
import { UsageError } from '../model/errors.ts'
import { suggest } from '../words/suggestion.ts'

export type Environment = Record<string, string | undefined>

export interface Repository {
  /** Absolute path of its working tree. */
  root: string
  /** The environment of git commands. */
  environment: Environment
}

export interface Answer {
  /** Exit code; `undefined` when there is no git. */
  code: number | undefined
  output: string
  problem: string
}

/** Most names that a message lists. */
const SHOWN = 12

/** Runs git; never rejects. A hook sets variables such as `GIT_DIR`, which would point every command at its repository. */
export async function git(directory: string, args: string[], environment: Environment): Promise<Answer> {
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')))
  const { exitCode, stdout, stderr } = await execa('git', args, {
    cwd: directory,
    env: { ...own, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { code: exitCode, output: stdout, problem: stderr }
}

/** Absolute path of the repository that a folder is in; `undefined` where it is in none. */
export async function rootOf(directory: string, environment: Environment): Promise<string | undefined> {
  // The way up, since the repository may have been reached through a symbolic link.
  const { code, output } = await git(directory, ['rev-parse', '--show-cdup'], environment)
  return code === 0 ? resolve(directory, output) : undefined
}

/** @throws UsageError when there is no git, or the folder is not in a repository */
export async function openRepository(directory: string, environment: Environment): Promise<Repository> {
  const { code, output, problem } = await git(directory, ['rev-parse', '--show-toplevel'], environment)
  const advice = 'Compare with a variant (`variant:<id>`) or with a saved record instead.'
  if (code === undefined) throw new UsageError('The program `git` was not found.', { advice })
  if (code === 0 && output !== '') return { root: output, environment }
  if (problem.includes('dubious ownership'))
    throw new UsageError('git does not trust this repository, because it belongs to another user.', {
      place: directory,
      advice: `Trust it (\`git config --global --add safe.directory ${directory}\`), or measure as its owner.`,
    })
  throw new UsageError('A baseline from git needs a git repository, and this folder is not in one.', {
    place: directory,
    details: problem,
    advice,
  })
}

/** Full hash of the commit that a name means; also finds branches that only the remote has. @throws UsageError */
export async function resolveCommit(repository: Repository, ref: string): Promise<string> {
  for (const name of [ref, `origin/${ref}`]) {
    const commit = await commitOf(repository, name)
    if (commit !== null) return commit
  }
  const place = repository.root
  const advice = await shallowAdvice(repository)
  if (advice) throw new UsageError(`The clone is shallow, and \`${ref}\` is not in it.`, { place, advice })
  throw new UsageError(`There is no commit \`${ref}\` in this repository.`, {
    place,
    advice: suggest(ref, await names(repository), 'branches and tags'),
  })
}

/** Runs git in the root of a repository. */
const gitIn = ({ root, environment }: Repository, ...args: string[]) => git(root, args, environment)

/** Full hash, or `null` when nothing of that name is a commit. */
export async function commitOf(repository: Repository, ref: string): Promise<string | null> {
  // No program can be passed such an argument.
  return ref.includes('\0') ? null : await hashOf(repository, `${ref}^{commit}`)
}

async function hashOf(repository: Repository, name: string): Promise<string | null> {
  const options = ['--verify', '--quiet', '--end-of-options']
  const { code, output } = await gitIn(repository, 'rev-parse', ...options, name)
  return code === 0 ? output : null
}

/** What to do when a commit may be missing because the clone is shallow; undefined in a complete one. */
export async function shallowAdvice(repository: Repository): Promise<string | undefined> {
  const { output } = await gitIn(repository, 'rev-parse', '--is-shallow-repository')
  return output === 'true' ? FETCH_HISTORY : undefined
}

const FETCH_HISTORY =
  'Fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` for the checkout step of a workflow.'

/** Whether there are uncommitted or untracked files, other than what Flamegate leaves. */
export async function isDirty(repository: Repository): Promise<boolean> {
  return (
    (await gitIn(repository, 'status', '--porcelain', '--', '.', ':(exclude,glob)**/.bench/**')).output !== ''
  )
}

/** Hash of a file's content in a commit; `null` when the commit has no such file. */
export const blobOf = (repository: Repository, commit: string, path: string): Promise<string | null> =>
  hashOf(repository, `${commit}:${path}`)

/** Text of a file in a commit; `null` when the commit has no such file. */
export async function textOf(repository: Repository, commit: string, path: string): Promise<string | null> {
  const { code, output } = await gitIn(repository, 'cat-file', 'blob', `${commit}:${path}`)
  return code === 0 ? output : null
}

/** Paths of all files of a commit, with slashes. */
export const filesOf = (repository: Repository, commit: string): Promise<string[]> =>
  list(repository.root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit], repository.environment)

/** Files of a commit that are different in the working tree, or missing. `patterns` are pathspecs. */
export function changedSince({ root, environment }: Repository, commit: string, patterns: string[]) {
  const options = ['--name-only', '--diff-filter=a', '--no-renames', '-z']
  return list(root, ['diff', ...options, commit, '--', ...patterns], environment)
}

/** Branches and tags, newest first. */
async function names(repository: Repository): Promise<string[]> {
  const options = ['--sort=-committerdate', `--count=${SHOWN}`, '--format=%(refname:short)']
  const { output } = await gitIn(repository, 'for-each-ref', ...options)
  return output.split('\n').filter(name => name !== '')
}

/** Ignored files and folders; a folder ends with `/` and stands for everything in it. Paths are relative to `directory`. */
export const ignoredIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(
    directory,
    ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory', '--', ':/'],
    environment,
  )

/** Files under a path that are ignored or were never added. */
export const untrackedAt = (directory: string, path: string, environment: Environment): Promise<string[]> =>
  list(directory, ['ls-files', '-z', '--others', '--', path], environment)

/** Files of the project: tracked, or untracked and not ignored. */
export const ownFilesIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(directory, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], environment)

export async function isIgnored(directory: string, path: string, environment: Environment): Promise<boolean> {
  return (await git(directory, ['check-ignore', '--quiet', '--', path], environment)).code === 0
}

/** The paths that git prints with `-z`; none where it fails. */
async function list(directory: string, args: string[], environment: Environment): Promise<string[]> {
  const { code, output } = await git(directory, args, environment)
  return code === 0 ? [...new Set(output.split('\0'))].filter(path => path !== '') : []
}
