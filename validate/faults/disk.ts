/** A disk that fills up in the middle of a run: a small file system in memory, which only root can mount. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Left, Run } from './run.ts'

/** Room for a few rounds, and for no more. */
const SIZE = '1m'
const ROUNDS = 30

export interface Filled {
  /** Why it could not be tried. */
  skipped?: string
  left?: Left
  broken: string[]
}

export async function fillDisk(): Promise<Filled> {
  const disk = mkdtempSync(join(tmpdir(), 'faults-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    rmSync(disk, { recursive: true, force: true })
    return { skipped: 'a file system cannot be mounted here (it takes root on Linux)', broken: [] }
  }
  try {
    const left = await new Run(['--quick', '--rounds', `${ROUNDS}`], {}, join(disk, 'run')).left()
    const kept = typeof left.rounds === 'number' ? left.rounds : 0
    const broken = [
      ...(left.code === 3 ? [] : [`exit code ${left.code ?? left.signal}`]),
      ...(/cannot be written/.test(left.stderr) ? [] : ['the message does not say what happened']),
      ...(left.processes.length > 0 ? [`processes left: ${left.processes.join('; ')}`] : []),
      ...(kept > 0 && kept < ROUNDS ? [] : [`rounds: ${left.rounds}`]),
    ]
    return { left, broken }
  } finally {
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true, force: true })
  }
}
