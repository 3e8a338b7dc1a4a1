/** A disk that fills up in the middle of a run: a small file system in memory, which only root can mount. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DiskFound } from './outcome.ts'
import { leftovers, Run } from './run.ts'

/** Room for a few rounds, and for no more. */
const SIZE = '300k'
const ROUNDS = 30

export async function fillDisk(): Promise<Omit<DiskFound, 'task' | 'seconds'>> {
  const disk = mkdtempSync(join(tmpdir(), 'faults-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    rmSync(disk, { recursive: true, force: true })
    const skipped = 'a file system cannot be mounted here (it takes root on Linux)'
    return { type: 'disk', skipped, broken: [] }
  }
  try {
    const { stderr, ...left } = await new Run(
      ['--quick', '--rounds', `${ROUNDS}`],
      {},
      join(disk, 'run'),
    ).left()
    const { code, signal, rounds } = left
    const told = stderr.match(/.*cannot be written.*/)?.[0] ?? ''
    const broken = [
      ...(code === 3 ? [] : [`exit code ${code ?? signal}`]),
      ...(told ? [] : ['the message does not say what happened']),
      ...leftovers(left),
      ...(typeof rounds === 'number' && rounds > 0 && rounds < ROUNDS ? [] : [`rounds: ${rounds}`]),
    ]
    return { type: 'disk', code, rounds, told, broken, ...(broken.length > 0 && { stderr }) }
  } finally {
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true, force: true })
  }
}
