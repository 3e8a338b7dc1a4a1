/** Compiles the sources into `dist/`, and copies what runs or is read as it is. */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const COMPILED = join(ROOT, 'dist')

/** The agent and the page's modules are plain JavaScript on purpose; the page's other files are read at run time. */
const VERBATIM = [
  'harness/**/*.js',
  'harness/agent/*.cjs',
  'harness/config.schema.json',
  'reports/html/page/*.js',
  'reports/html/style/*.css',
  'reports/html/templates/*.hbs',
  'targets/injected/*',
]

export function build(): void {
  rmSync(COMPILED, { recursive: true, force: true })
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' })
  for (const path of globSync(VERBATIM, { cwd: ROOT })) cpSync(join(ROOT, path), join(COMPILED, path))
}
