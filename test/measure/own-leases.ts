/** Each test with a folder for leases of its own, and with leases of other processes in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { OwnLease } from '../../harness/measure/both/lease.ts'

/** To be called once in a test file. */
export function haveOwnLeases(): void {
  const before = process.env.TMPDIR
  beforeEach(() => {
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'flamegate-test-'))
  })
  afterEach(() => {
    rmSync(process.env.TMPDIR!, { recursive: true, force: true })
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
}

/** A process that does not exist. */
const CRASHED = { pid: 2 ** 22, started: 1 }

/** Makes it the lease that another process, by default a crashed one, would have left. */
export function disown(lease: OwnLease, changes: object = {}): void {
  writeFileSync(lease.file, JSON.stringify({ ...readBack(lease), harness: CRASHED, ...changes }))
}

export const readBack = (lease: OwnLease) => JSON.parse(readFileSync(lease.file, 'utf8'))
