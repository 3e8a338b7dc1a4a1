/** Projects outside of the repository, as somebody else's. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ENVIRONMENT } from '../../packaging/pack.ts'

/** Whether npm can install anything here: asked once, without patience. */
export function npmAnswers(): boolean {
  answers ??=
    spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], { env: ENVIRONMENT }).status === 0
  return answers
}
let answers: boolean | undefined

/** A folder outside of the repository with these files, removed after the test. */
export function emptyProject(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-project-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}
