/** Packs the package as it would be published, from a copy of the repository: for tests and validations. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** What packing needs. */
const NEEDED = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'LICENSE',
  'action.yml',
  'packaging',
  'harness',
  'reports',
  'scenarios',
  'targets',
]

export interface Packed {
  /** Absolute path of the tarball. */
  tarball: string
  /** Paths in it. */
  files: string[]
  /** Bytes, packed. */
  size: number
  remove(): void
}

/** Makes `npm` and `npx` use the Node of this process. */
export const ENVIRONMENT = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
}

/** Runs `npm pack` in a copy: packing replaces the manifest for a moment, which other processes would see. */
export function pack(): Packed {
  const copy = mkdtempSync(join(tmpdir(), 'flamegate-pack-'))
  for (const path of NEEDED) cpSync(join(ROOT, path), join(copy, path), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const output = execFileSync('npm', ['pack', '--json', '--silent', '--cache', join(copy, '.npm')], {
    cwd: copy,
    env: ENVIRONMENT,
    encoding: 'utf8',
  })
  const [{ filename, files, size }] = JSON.parse(output) as [
    { filename: string; size: number; files: { path: string }[] },
  ]
  return {
    tarball: join(copy, filename),
    files: files.map(({ path }) => path),
    size,
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}
