import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flamegate, left } from './flamegate.ts'

/** Resolves when the progress on stderr says so. */
function said(child: ReturnType<typeof flamegate>['child'], pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr.on('data', chunk => {
      text += String(chunk)
      if (pattern.test(text)) resolve()
    })
    child.nodeChildProcess.once('exit', () =>
      reject(new Error(`It ended before it said ${pattern}:\n${text}`)),
    )
  })
}

async function untilNoneIsLeft(output: string): Promise<void> {
  const deadline = performance.now() + 3_000
  while (left(output).length > 0 && performance.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 20))
  expect(left(output)).toEqual([])
}

describe('an interruption', () => {
  it.each([/boot/, /warm-up/, /timed/, /profiled/])('during %s leaves no process', async moment => {
    const { child, output } = flamegate(['well', '--rounds', '3'])
    await said(child, moment)
    const asked = performance.now()
    child.kill('SIGINT')
    const { exitCode } = await child
    const took = performance.now() - asked
    expect(exitCode).toBe(130)
    // The promise of two seconds is about processes; this is a bound for a test machine under load, not a measurement.
    expect(took).toBeLessThan(10_000)
    expect(left(output)).toEqual([])
  })

  it('keeps the rounds that were complete', async () => {
    const { child, output } = flamegate(['well', '--rounds', '3'])
    await said(child, /round 2/)
    child.kill('SIGINT')
    const { exitCode, stdout } = await child
    expect(exitCode).toBe(130)
    const record = JSON.parse(readFileSync(`${output}/record.json`, 'utf8'))
    expect(record.ending).toBe('interrupted')
    expect(record.rounds.length).toBeGreaterThanOrEqual(1)
    expect(stdout).toMatch(/CPU per request/)
  })

  it.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s to the harness alone leaves no process, and no file that it was writing',
    async signal => {
      const { child, output } = flamegate(['well', '--rounds', '3'])
      await said(child, /timed/)
      writeFileSync(`${output}/record.json.${child.pid}.tmp`, '{"half":')
      child.kill(signal)
      await child
      await untilNoneIsLeft(output)
      expect(readdirSync(output).filter(name => name.endsWith('.tmp'))).toEqual([])
    },
  )
})
