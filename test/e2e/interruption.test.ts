import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Flamegate, recordIn } from './flamegate.ts'

/** A run of three rounds that has come to the moment that its progress names. */
async function runAt(moment: RegExp): Promise<Flamegate> {
  const run = new Flamegate(['well', '--rounds', '3'])
  expect(await run.said(moment), run.stderr).toBe(true)
  return run
}

describe('an interruption', () => {
  it.each([/boot/, /warm-up/, /timed/, /profiled/])('during %s leaves no process', async moment => {
    const run = await runAt(moment)
    const asked = performance.now()
    run.child.kill('SIGINT')
    expect(await run.ended()).toMatchObject({ exitCode: 130, left: [] })
    // The promise of two seconds is about processes; this is a bound for a test machine under load, not a measurement.
    expect(performance.now() - asked).toBeLessThan(10_000)
  })

  it('keeps the complete rounds', async () => {
    const run = await runAt(/round 2/)
    run.child.kill('SIGINT')
    const { exitCode, stdout } = await run.ended()
    expect(exitCode).toBe(130)
    const { ending, rounds } = recordIn(run.output)
    expect(ending).toBe('interrupted')
    expect(rounds.length).toBeGreaterThanOrEqual(1)
    expect(stdout).toMatch(/CPU per request/)
  })

  it.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s to the harness alone leaves no process and no half-written file',
    async signal => {
      const run = await runAt(/timed/)
      writeFileSync(`${run.output}/record.json.${run.child.pid}.tmp`, '{"half":')
      run.child.kill(signal)
      expect(await run.processesLeft()).toEqual([])
      expect(run.temporaryFiles().filter(name => name.endsWith('.tmp'))).toEqual([])
    },
  )
})
