/** The machine and the software that a run was measured on. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { totalmem } from 'node:os'
import { describeMachine, governorsOf } from '../../kernel/machine.ts'
import type { Environment } from '../../model/record.ts'
import type { World } from '../../model/world.ts'

export function describeEnvironment({
  directory,
  environment,
  platform: { processors },
}: World): Environment {
  return {
    flamegate: version(),
    ...describeMachine(),
    cores: processors.length,
    memory: totalmem(),
    governor: governorsOf([0])[0] ?? null,
    ci: ciOf(environment),
    commit: commitOf(directory),
  }
}

function ciOf(environment: World['environment']): string | null {
  if (environment.GITHUB_ACTIONS) return 'github'
  if (environment.GITLAB_CI) return 'gitlab'
  return environment.CI ? 'unknown' : null
}

/** The version of the package that this file belongs to, compiled or not. */
export function version(): string {
  const file = findPackageJSON('..', import.meta.url)
  const content: unknown = JSON.parse(readFileSync(file!, 'utf8'))
  return (content as { version: string }).version
}

function commitOf(directory: string): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') ? '+' : '')
  } catch {
    return null
  }
}
