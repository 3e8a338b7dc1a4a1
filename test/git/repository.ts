/** Real repositories in temporary folders. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { folderWith } from '../plan/world.ts'

/** Neither the person's settings nor a hook that runs these tests may have a say. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}

export function git(directory: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd: directory,
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim()
}

/** Writes the files and commits everything; returns the full hash. */
export async function commit(directory: string, files: Record<string, string>, message = 'Change') {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--allow-empty', '-m', message)
  return git(directory, 'rev-parse', 'HEAD')
}

/** A repository with one commit on `main`, in a folder that nothing else is in: checkouts are made beside it. */
export async function repositoryWith(files: Record<string, string> = {}): Promise<string> {
  const directory = join(await folderWith({}), 'project')
  await mkdir(directory)
  git(directory, 'init', '--quiet', '--initial-branch=main')
  await commit(directory, { 'package.json': '{"type":"module"}', ...files }, 'Begin')
  return directory
}
