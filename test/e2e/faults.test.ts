/** Faults in the middle of a run, with real processes; `validate/faults.ts` has every fault at every moment. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tryCase } from '../../validate/faults/cases.ts'
import { KINDS } from '../../validate/faults/kinds.ts'
import { Flamegate, flamegate, recordIn } from './flamegate.ts'

const SHORT = ['--quick', '--rounds', '2']

describe('a launch that fails once', () => {
  it('costs its round, and the run goes on', async () => {
    const { exitCode, stderr, left, output } = await flamegate(['fails-once', ...SHORT])
    expect(stderr).toMatch(/Round 2 was lost: Variant `other` ended with code 4 before it was ready/)
    expect(stderr).toMatch(/last output: this is the second boot/)
    expect({ exitCode, left }).toEqual({ exitCode: 0, left: [] })
    const { rounds, ending, findings } = recordIn(output)
    expect(rounds.map(({ index }) => index)).toEqual([1, 3])
    expect(ending).toBe('complete')
    expect(findings).toContainEqual(expect.objectContaining({ code: 'round-lost' }))
  })
})

describe('a driver that is killed while services boot', () => {
  it('costs the round, leaves no service behind, and is replaced by another', async () => {
    const kind = KINDS.find(({ victim }) => victim === 'driver')!
    expect(await tryCase(kind, 'boot')).toMatchObject({ effect: 'lost', code: 0, broken: [] })
  })
})

describe('a target that the agent cannot be loaded into', () => {
  it('is measured without profiles, and a finding says so', async () => {
    const run = await flamegate(['without-agent', ...SHORT])
    expect(run).toMatchObject({ exitCode: 0, left: [] })
    const { rounds, findings } = recordIn(run.output)
    const { collected, versions, timed } = rounds[0]!.launches[0]!
    // What looks from outside needs no agent.
    const { states, ...others } = collected
    expect({ others, versions }).toEqual({ others: {}, versions: {} })
    expect(states?.figures.looks ?? 1).toBeGreaterThan(0)
    expect(timed.cpu!.every(cpu => cpu! > 0)).toBe(true)
    const said = findings.filter(({ code }) => code === 'not-node')
    expect(said.map(({ message }) => message)).toEqual([
      expect.stringContaining('variant `well`'),
      expect.stringContaining('variant `other`'),
    ])
  })
})

describe('a run that was killed', () => {
  it('can be shown and continued, and has lost no complete round', async () => {
    const run = new Flamegate(['well', ...SHORT])
    const { output } = run
    await run.said(/round 2/)
    run.child.kill('SIGKILL')
    await run.ended()
    expect(recordIn(output)).toMatchObject({ ending: 'running', rounds: [] })
    expect(readdirSync(join(output, 'rounds'))).toEqual(['round-1.json'])

    expect(await run.also('report', output)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/1 round/),
    })
    expect(await run.also('resume', output)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/2 rounds/),
    })
    const { rounds, ending, findings } = recordIn(output)
    expect(rounds.map(({ index }) => index)).toEqual([1, 2])
    expect(rounds[0]!.launches[0]!.collected.cpu!.profile).toEqual(expect.any(String))
    expect(ending).toBe('complete')
    expect(findings).toContainEqual(expect.objectContaining({ code: 'resumed' }))
    expect(existsSync(join(output, 'rounds'))).toBe(false)
    expect(await run.also('resume', output)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/The run is complete/),
    })
  })
})

/** The text of a file with its profiles unpacked: records and the page hold them as gzip in base64. */
const unpacked = (text: string) =>
  text.replaceAll(/(?<![\w+/])H4sI[\w+/]{20,}={0,2}/g, packed =>
    gunzipSync(Buffer.from(packed, 'base64')).toString('latin1'),
  )

describe('a secret', () => {
  it('appears in no file and no message, even when the target reveals all that it knows', async () => {
    const secret = 'correct-horse-battery'
    const environment = { API_TOKEN: secret, INTERNAL_HOST: `${secret}-host` }
    const { stdout, stderr, output } = await flamegate(['secretive', ...SHORT, '--strict'], { environment })
    expect(stderr).toMatch(/Round 2 was lost: Variant `other` ended with code 4 .*\[redacted\]/)
    const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.includes('.'),
    )
    expect(files).toContain('report.html')
    const texts = files.map(name => unpacked(readFileSync(join(output, name), 'latin1')))
    for (const text of [stdout, stderr, ...texts]) expect(text).not.toMatch(/correct-horse|q{8}|zyxwv/)

    const { plan, rounds, sources } = recordIn(output)
    expect(plan.variants[1]!.environment.INTERNAL_HOST).toBe('[redacted]')
    const [failure] = rounds[0]!.launches[1]!.failures!
    expect(failure).toMatchObject({
      step: 'GET /?key=[redacted]',
      sample: expect.stringContaining('[redacted]'),
    })
    const shown = sources!.flatMap(({ lines }) => lines)
    expect(shown.join('\n')).toContain("const password = '[redacted]'")
  })
})
