/** A user's first four commands in fresh projects of three stacks. `npm run validate:stacks` tries all of them. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { STACKS } from '../../validate/stacks/known-stacks.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const THREE = [
  'express 4, CommonJS, a fixed port',
  'hono, TypeScript by tsx',
  'TypeScript bundled by esbuild, minified',
]

const where = process.env.CI ? '' : ' (skipped: their packages are installed on CI only)'

test.runIf(process.env.CI).each(THREE)(
  `from \`init\` to the planted line: %s${where}`,
  { timeout: 600_000 },
  async name => {
    const number = STACKS.findIndex(stack => stack.name === name) + 1
    const { code, output } = await ran(['validate/run.ts', 'stacks', '--names', String(number)])
    expect(code, output).toBe(0)
    expect(output).toMatch(/the planted regression: ok, .*total /)
  },
)

/** Its exit code, and all that it said. */
function ran(args: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, output: stdout + stderr }),
    )
  })
}
