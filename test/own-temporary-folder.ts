/**
 * Each test file has a temporary folder of its own: the files run side by side, and runs that share a folder notice each
 * other, which is a finding in their records.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const before = tmpdir()
const own = mkdtempSync(join(before, 'fg-'))
process.env.TMPDIR = own

afterAll(() => {
  process.env.TMPDIR = before
  // A service that was just killed may still be writing.
  rmSync(own, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})
