/** Files that a working tree has and no commit. Paths are relative to the given folder; those of folders end with `/`. */
import { type Environment, git } from './repository.ts'

/** Ignored files and folders; a folder stands for everything in it. */
export const ignoredIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--others', '--ignored', '--exclude-standard', '--directory', '--', ':/'], environment)

/** Files under a path that are ignored or were never added. */
export const untrackedAt = (directory: string, path: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--others', '--', path], environment)

/** Files of the project: tracked, or untracked and not ignored. */
export const ownFilesIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--cached', '--others', '--exclude-standard'], environment)

export async function isIgnored(directory: string, path: string, environment: Environment): Promise<boolean> {
  return (await git(directory, ['check-ignore', '--quiet', '--', path], environment)).code === 0
}

async function list(directory: string, args: string[], environment: Environment): Promise<string[]> {
  const { code, output } = await git(directory, ['ls-files', '-z', ...args], environment)
  return code === 0 ? [...new Set(output.split('\0'))].filter(path => path !== '') : []
}
