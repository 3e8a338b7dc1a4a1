/** The command line under fire: whatever is typed, it ends with a known exit code and one message, and measures nothing. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FLAG_NAMES } from '../../harness/cli/flags.ts'
import { folderWith, scenarioFile } from '../plan/world.ts'
import { runCli } from './host.ts'

const flag = fc.constantFrom(...FLAG_NAMES).map(name => `--${name}`)
const odd = fc.constantFrom(
  '',
  '-',
  '--',
  '---',
  '=',
  '--=',
  '-1',
  '1e999',
  'NaN',
  '__proto__',
  '--__proto__',
  '--constructor=1',
  'constructor',
  '../../etc/passwd',
  '\u0000',
  '\u001b[2J',
  '::error::x',
  'demo',
  'report',
  'resume',
  'compare',
  'diff',
)
const word = fc.oneof(
  odd,
  flag,
  fc.string(),
  fc.tuple(flag, fc.string()).map(([name, text]) => `${name}=${text}`),
)

test('any words end with a known exit code, and with a message when it is not 0', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async argv => {
      const { code, out, err } = await runCli(argv, { directory })
      expect([0, 1, 2, 3]).toContain(code)
      expect(err).not.toContain('Flamegate itself failed')
      expect(out + err).not.toContain('\u001b[2J')
      if (code > 1) expect(err).toMatch(/^✖ /)
    }),
    { numRuns: 300 },
  )
})

test('any environment ends with a known exit code too', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const names = fc.constantFrom(
    ...FLAG_NAMES.map(name => `FLAMEGATE_${name.toUpperCase().replaceAll('-', '_')}`),
  )
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, fc.string()), async environment => {
      const { code, err } = await runCli(['demo', '--dry-run'], { directory, environment })
      expect([0, 2]).toContain(code)
      expect(err).not.toContain('Flamegate itself failed')
    }),
    { numRuns: 200 },
  )
})
