/** The machine and the software that a run was measured on. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Environment } from '../../model/record.ts'
import type { World } from '../../model/world.ts'
import { version } from './version.ts'

const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'

export function describeEnvironment({
  directory,
  environment,
  platform: { processors },
}: World): Environment {
  return {
    flamegate: version(),
    node: process.version,
    v8: process.versions.v8,
    platform: platform(),
    arch: arch(),
    kernel: release(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: totalmem(),
    load: loadavg()[0] ?? 0,
    governor: readOptional(GOVERNOR),
    ci: environment.GITHUB_ACTIONS
      ? 'github'
      : environment.GITLAB_CI
        ? 'gitlab'
        : environment.CI
          ? 'unknown'
          : null,
    commit: commitOf(directory),
  }
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
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
