/** Engines for an experiment: Artillery from npm, and k6 where it is installed, or else a double that runs the same script. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ENVIRONMENT } from '../../packaging/pack.ts'
import { ROOT } from '../experiment.ts'

export interface Installed {
  /** PATH with the engines. */
  path: string
  remove(): void
}

/** @param artillery whether it is installed too: some 460 MB */
export function install(artillery: boolean): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-engines-'))
  if (artillery) {
    console.error('Installing Artillery.')
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, 'artillery@2'],
      {
        env: ENVIRONMENT,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
  }
  // An installed k6 comes first.
  const path = [join(folder, 'node_modules/.bin'), ENVIRONMENT.PATH, join(ROOT, 'test/fixtures/k6')].join(
    delimiter,
  )
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
