import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'

export const BIN = fileURLToPath(new URL('../../harness/bin.js', import.meta.url))
export const PROJECT = fileURLToPath(new URL('../fixtures/project', import.meta.url))

/** Flamegate as a user runs it, in the fixture project; `output` is a fresh folder. */
export function flamegate(args: string[], directory = PROJECT, environment: Record<string, string> = {}) {
  const output = mkdtempSync(join(tmpdir(), 'flamegate-test-'))
  onTestFinished(() => rmSync(output, { recursive: true, force: true }))
  const child = execa(process.execPath, [BIN, ...args, '--output', output], {
    cwd: directory,
    reject: false,
    env: { NO_COLOR: '1', MARK: output, ...environment },
  })
  return { child, output }
}

/** Processes that still carry the mark which `flamegate()` put into the environment of all that it starts. */
export function left(output: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => readOptional(`/proc/${pid}/environ`).includes(`MARK=${output}`))
    .map(pid => `${pid} ${readOptional(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
