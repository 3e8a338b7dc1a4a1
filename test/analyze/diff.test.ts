/** Two sets of profiles: what readers are told of them. */
import { expect, test } from 'vitest'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import type { DiffSide, ProfileFile } from '../../harness/model/diff.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'

const WINDOW = { kind: 'window', service: 'shop', startedAt: '', duration: 60_000, requests: 10, errors: 0 }

/** @param process such as `7@a`; without one, nobody says which process it was */
function file(process?: string): ProfileFile {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('work', '/a.js', 1))), [5e6])
  const [pid, host] = process?.split('@') ?? []
  const comments = process
    ? [`flamegate-window ${JSON.stringify({ ...WINDOW, host, pid: Number(pid) })}`]
    : []
  return { path: '', format: 'pprof', profile: builder.build({ duration: 60_000, comments }), repaired: 0 }
}

const side = (...processes: (string | undefined)[]): DiffSide => ({
  label: '',
  files: processes.flatMap(process => [file(process), file(process)]),
})

function found(before: DiffSide, after: DiffSide): string | undefined {
  const { findings } = diffProfiles(evidenceOfProfiles({ before, after }), { before, after }).analysis
  return findings.find(({ code }) => code === 'few-processes')?.message
}

const [MANY, ONE] = [side('1@a', '1@b', '2@a'), side('1@a', '1@a', '1@a')]

test('windows of few processes are told as such', () => {
  expect(found(ONE, ONE)).toBe('Processes: 1 before, 1 after.')
  expect(found(MANY, side('1@a', '2@a', '1@a'))).toBe('Processes: 3 before, 2 after.')
  expect(found(MANY, MANY)).toBeUndefined()
})

test('nothing is told of profiles without a process, nor of those without intervals', () => {
  expect(found(MANY, side('1@a', '1@a', undefined))).toBeUndefined()
  expect(found(ONE, side('1@a', '1@a'))).toBeUndefined()
})
