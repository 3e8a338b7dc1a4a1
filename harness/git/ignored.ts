/** What a working tree has and no commit. Paths are relative to the folder that is asked in; that of a folder ends with `/`. */
import { type Environment, git } from './repository.ts'

/** What git is told to ignore; a folder stands for all that is in it. */
export const ignoredIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--others', '--ignored', '--exclude-standard', '--directory', '--', ':/'], environment)

/** Files under a path, ignored or only never added. */
export const untrackedAt = (directory: string, path: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--others', '--', path], environment)

/** Files that belong to the project: in the last commit, or added to it some day. */
export const ownFilesIn = (directory: string, environment: Environment): Promise<string[]> =>
  list(directory, ['--cached', '--others', '--exclude-standard'], environment)

export async function isIgnored(directory: string, path: string, environment: Environment): Promise<boolean> {
  return (await git(directory, ['check-ignore', '--quiet', '--', path], environment)).code === 0
}

async function list(directory: string, args: string[], environment: Environment): Promise<string[]> {
  const { code, output } = await git(directory, ['ls-files', '-z', ...args], environment)
  return code === 0 ? [...new Set(output.split('\0'))].filter(path => path !== '') : []
}
