/** Faults in the middle of a run, with real processes; `validate/faults.ts` has all of them at every moment. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { tryCase } from '../../validate/faults/cases.ts'
import { KINDS } from '../../validate/faults/kinds.ts'
import { BIN, flamegate, left, PROJECT } from './flamegate.ts'

const SHORT = ['--quick', '--rounds', '2']
const record = (output: string) => JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))

describe('a launch that fails once', () => {
  it('costs its round, and the run goes on', async () => {
    const { child, output } = flamegate(['fails-once', ...SHORT], PROJECT)
    const { exitCode, stderr } = await child
    expect(stderr).toMatch(/Round 2 was lost: Variant `other` ended with code 4 before it was ready/)
    expect(stderr).toMatch(/last output: this is the second boot/)
    expect({ exitCode, left: left(output) }).toEqual({ exitCode: 0, left: [] })
    const { rounds, ending, findings } = record(output)
    expect(rounds.map(({ index }: { index: number }) => index)).toEqual([1, 3])
    expect(ending).toBe('complete')
    expect(findings).toContainEqual(expect.objectContaining({ code: 'round-lost' }))
  })
})

describe('a driver that is killed while services boot', () => {
  it('costs the round, leaves none of them behind, and another driver takes over', async () => {
    const kind = KINDS.find(({ victim }) => victim === 'driver')!
    expect(await tryCase(kind, 'boot')).toMatchObject({ outcome: 'lost', code: 0, broken: [] })
  })
})

describe('a target that the agent cannot be loaded into', () => {
  it('is measured without profiles, and a finding says so', async () => {
    const { child, output } = flamegate(['without-agent', ...SHORT])
    const { exitCode } = await child
    expect({ exitCode, left: left(output) }).toEqual({ exitCode: 0, left: [] })
    const { rounds, findings } = record(output)
    const { captures, versions, timed } = rounds[0].launches[0]
    expect({ captures, versions }).toEqual({ captures: {}, versions: {} })
    expect(timed.cpu.every((cpu: number) => cpu > 0)).toBe(true)
    const said = findings.filter(({ code }: { code: string }) => code === 'not-node')
    expect(said.map(({ message }: { message: string }) => message)).toEqual([
      expect.stringContaining('variant `well`'),
      expect.stringContaining('variant `other`'),
    ])
  })
})

describe('a run that was killed', () => {
  it('can be shown and continued, and has lost no complete round', async () => {
    const { child, output } = flamegate(['well', ...SHORT])
    await new Promise<void>(resolve => {
      child.stderr.on('data', text => String(text).includes('round 2') && resolve())
    })
    child.kill('SIGKILL')
    await child
    expect(record(output)).toMatchObject({ ending: 'running', rounds: [] })
    expect(readdirSync(join(output, 'rounds'))).toEqual(['round-1.json'])

    const run = (...args: string[]) =>
      execa(process.execPath, [BIN, ...args], { cwd: PROJECT, reject: false, env: { NO_COLOR: '1' } })
    expect(await run('report', output)).toMatchObject({ exitCode: 0, stdout: /1 round/ })
    expect(await run('resume', output)).toMatchObject({ exitCode: 0, stdout: /2 rounds/ })
    const { rounds, ending, findings } = record(output)
    expect(rounds.map(({ index }: { index: number }) => index)).toEqual([1, 2])
    expect(rounds[0].launches[0].captures.cpu.profile).toEqual(expect.any(String))
    expect(ending).toBe('complete')
    expect(findings).toContainEqual(expect.objectContaining({ code: 'resumed' }))
    expect(existsSync(join(output, 'rounds'))).toBe(false)
    expect(await run('resume', output)).toMatchObject({ exitCode: 2, stderr: /The run is complete/ })
  })
})

/** Whatever is in a file, profiles unpacked: they lie in records and in the page as gzip in base64. */
const unpacked = (text: string) =>
  text.replaceAll(/(?<![\w+/])H4sI[\w+/]{20,}={0,2}/g, packed =>
    gunzipSync(Buffer.from(packed, 'base64')).toString('latin1'),
  )

describe('a secret', () => {
  it('appears in no file and no message, though the target gives away all that it knows', async () => {
    const secret = 'correct-horse-battery'
    const { child, output } = flamegate(['secretive', ...SHORT, '--strict'], PROJECT, {
      API_TOKEN: secret,
      INTERNAL_HOST: `${secret}-host`,
    })
    const { stdout, stderr } = await child
    expect(stderr).toMatch(/Round 2 was lost: Variant `other` ended with code 4 .*\[redacted\]/)
    const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.includes('.'),
    )
    expect(files).toContain('report.html')
    const texts = files.map(name => unpacked(readFileSync(join(output, name), 'latin1')))
    for (const text of [stdout, stderr, ...texts]) expect(text).not.toMatch(/correct-horse|q{8}|zyxwv/)

    const { plan, rounds, sources } = record(output)
    expect(plan.variants[1].environment.INTERNAL_HOST).toBe('[redacted]')
    const [failure] = rounds[0].launches[1].failures
    expect(failure).toMatchObject({
      step: 'GET /?key=[redacted]',
      sample: expect.stringContaining('[redacted]'),
    })
    const shown = sources.flatMap(({ lines }: { lines: string[] }) => lines)
    expect(shown.join('\n')).toContain("const password = '[redacted]'")
  })
})
