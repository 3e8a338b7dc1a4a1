/** Compiles the sources into `dist/`, copies the other files, and writes the schema of the configuration. */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configSchema } from '../harness/cli/reference.ts'

const ROOT = join(import.meta.dirname, '..')
const COMPILED = join(ROOT, 'dist')

/** The agent, the probe and the modules of the page are plain JavaScript on purpose; its other files are read at run time. */
const VERBATIM = [
  'harness/**/*.js',
  'harness/{agent,probe}/**/*.{cjs,d.cts}',
  'harness/loaders/**/*.{cjs,yml}',
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
  writeFileSync(join(COMPILED, 'harness/config.schema.json'), configSchema())
}
