import { describe, expect, it } from 'vitest'
import { flamegate, printed, recordIn } from './flamegate.ts'

/** Scenario of the fixture project, exit code, and what the message must say: what, where, what to try. */
const CASES: [string, number, RegExp[]][] = [
  ['exits', 3, [/`other` ended with code 7 before it was ready/, /no database at localhost:5432/, /by hand/]],
  ['does-not-start', 3, [/ended with code 127/, /no-such-program/, /No such file/]],
  [
    'never-ready',
    3,
    [/`other` was not ready: after 1\.5 s of listening, \/ready still answered 503/, /`ready`/],
  ],
  ['wrong-port', 3, [/`other` listens on port \d+, but not on port \d+, as PORT says/, /process\.env\.PORT/]],
  ['answers-500', 3, [/`other` answers GET \/ with status 500/, /broken pipe to the database/]],
  ['answers-otherwise', 3, [/`other` answers GET \/ differently/, /Hello, wurld/, /sameAnswers/]],
  ['crashes', 3, [/`other` ended \(code 9\) during its (warm-up|timed) slices/, /service in mode crashes/]],
  ['syntax-error', 2, [/syntax-error\.js/]],
  ['no-default', 2, [/no-default\.js/, /default/]],
  ['exist', 2, [/exits/]],
]

describe('bad input', () => {
  it.each(CASES)('%s ends with %i and one clear message', async (scenario, code, said) => {
    const run = await flamegate([scenario, '--rounds', '1'])
    for (const pattern of said) expect(run.stderr).toMatch(pattern)
    expect(run.stderr).not.toMatch(/at .*\.ts:\d+/)
    expect(run).toMatchObject({ exitCode: code, stdout: '', left: [] })
  })

  it('measures a target that ignores SIGTERM, and ends it', async () => {
    const run = await flamegate(['ignores-sigterm', '--rounds', '2', '--json'])
    expect(run).toMatchObject({ exitCode: 0, left: [] })
    expect(printed(run)).toMatchObject({ scenario: 'ignores-sigterm', variants: [{}, {}] })
    expect(recordIn(run.output).rounds).toHaveLength(2)
  })

  it('checks and loads a target that listens only on IPv6 there, and records the address', async () => {
    const run = await flamegate(['on-ipv6', '--rounds', '2', '--json'])
    expect(run.stderr).not.toMatch(/listen/)
    expect(run).toMatchObject({ exitCode: 0, left: [] })
    const { launches } = recordIn(run.output).rounds[0]!
    expect(launches).toMatchObject([
      { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
      { url: expect.stringMatching(/^http:\/\/\[::1\]:\d+$/) },
    ])
    expect(launches[1]).not.toHaveProperty('failures')
  })
})
