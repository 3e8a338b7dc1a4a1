/** A disk that fills up in the middle of a run: a small file system in memory, which only root can mount. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Left, leftBy, leftovers, startRun } from './run.ts'

export interface FullDisk extends Partial<Left> {
  type: 'disk'
  /** Why it could not be tried. */
  skipped?: string
  message?: string
  broken: string[]
}

/** Room for a few rounds only. */
const SIZE = '300k'
const ROUNDS = 30

export async function fillDisk(): Promise<FullDisk> {
  const disk = mkdtempSync(join(tmpdir(), 'faults-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    rmSync(disk, { recursive: true, force: true })
    const skipped = 'a file system cannot be mounted here (it takes root on Linux)'
    return { type: 'disk', skipped, broken: [] }
  }
  try {
    const left = await leftBy(startRun(['--rounds', `${ROUNDS}`], {}, join(disk, 'run')))
    const { code, signal, stderr, rounds } = left
    const message = stderr.match(/.*cannot be written.*/)?.[0] ?? ''
    const broken = [
      ...(code === 3 ? [] : [`exit code ${code ?? signal}`]),
      ...(message ? [] : ['the message does not say what happened']),
      ...leftovers(left),
      ...(typeof rounds === 'number' && rounds > 0 && rounds < ROUNDS ? [] : [`rounds: ${rounds}`]),
    ]
    return { type: 'disk', ...left, message, broken }
  } finally {
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true, force: true })
  }
}

export const diskText = ({ skipped, code, rounds, message }: FullDisk): string =>
  `A full disk: ${skipped ? `skipped, ${skipped}.` : `code ${code}, ${rounds} rounds kept. ${message}`}`
