import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flamegate, left } from './flamegate.ts'

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
    const { child, output } = flamegate([scenario, '--rounds', '1'])
    const { exitCode, stderr, stdout } = await child
    for (const pattern of said) expect(stderr).toMatch(pattern)
    expect(stderr).not.toMatch(/at .*\.ts:\d+/)
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
    expect(left(output)).toEqual([])
  })

  it('a target that ignores SIGTERM is measured and ended all the same', async () => {
    const { child, output } = flamegate(['ignores-sigterm', '--rounds', '2', '--json'])
    const { stdout, exitCode } = await child
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'ignores-sigterm', variants: [{}, {}] })
    expect(JSON.parse(readFileSync(`${output}/record.json`, 'utf8')).rounds).toHaveLength(2)
    expect(left(output)).toEqual([])
  })

  it('a target that listens on IPv6 alone is checked and loaded there, and the record says so', async () => {
    const { child, output } = flamegate(['on-ipv6', '--rounds', '2', '--json'])
    const { exitCode, stderr } = await child
    expect(stderr).not.toMatch(/listen/)
    expect(exitCode).toBe(0)
    const [round] = JSON.parse(readFileSync(`${output}/record.json`, 'utf8')).rounds
    expect(round.launches).toMatchObject([
      { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
      { url: expect.stringMatching(/^http:\/\/\[::1\]:\d+$/) },
    ])
    expect(round.launches[1]).not.toHaveProperty('failures')
  })
})
