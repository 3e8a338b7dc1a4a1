/** Two sets of profiles: what is one measurement, and what readers are told of them. */
import { describe, expect, it } from 'vitest'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import type { DiffSide, ProfileFile } from '../../harness/model/diff.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { normal, type Random, seededRandom } from '../../harness/stats/random.ts'

const WINDOW = { kind: 'window', service: 'shop', startedAt: '', duration: 60_000, requests: 10, errors: 0 }

/** @param process such as `7@a`; without one, nobody says which process it was */
function file(process?: string, cost = 5e6): ProfileFile {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  builder.sample(builder.stack(-1, builder.location(builder.function('work', '/a.js', 1))), [cost])
  const [pid, host] = process?.split('@') ?? []
  const comments = process
    ? [`flamegate-window ${JSON.stringify({ ...WINDOW, host, pid: Number(pid) })}`]
    : []
  const profile = builder.build({ duration: 60_000, comments })
  return { path: '', format: 'pprof', profile, repaired: 0, requests: WINDOW.requests }
}

/** Two windows of each process. */
const side = (...processes: (string | undefined)[]): DiffSide => ({
  label: '',
  files: processes.flatMap(process => [file(process), file(process)]),
})

const diff = (before: DiffSide, after: DiffSide) =>
  diffProfiles(evidenceOfProfiles({ before, after }), { before, after })

const found = (code: string, before: DiffSide, after: DiffSide): string | undefined =>
  diff(before, after).analysis.findings.find(finding => finding.code === code)?.message

const names = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}@a`)
const [MANY, FEW, ONE] = [side(...names(6)), side(...names(5)), side('1@a', '1@a', '1@a')]

describe('windows of several processes', () => {
  it('are told to be of few', () => {
    expect(found('few-processes', ONE, ONE)).toBe('Processes: 1 before, 1 after.')
    expect(found('few-processes', MANY, FEW)).toBe('Processes: 6 before, 5 after.')
    expect(found('few-processes', MANY, MANY)).toBeUndefined()
  })

  it('are added up by process where there are enough', () => {
    const eight = side(...names(8))
    expect(found('by-process', MANY, eight)).toBe(
      'Windows of one process were added up: 6 processes before, 8 after.',
    )
    expect(found('by-process', MANY, FEW)).toBeUndefined()
    const [row] = diff(MANY, eight).analysis.frames
    expect(row).toMatchObject({ collector: 'Per request', before: 500, after: 500 })
  })

  it('are nothing special where no process has two, where nobody says, or without intervals', () => {
    const single = { label: '', files: names(6).map(name => file(name)) }
    expect(found('by-process', single, single)).toBeUndefined()
    expect(found('few-processes', single, single)).toBeUndefined()
    expect(found('few-processes', MANY, side('1@a', '1@a', undefined))).toBeUndefined()
    expect(found('few-processes', ONE, side('1@a', '1@a'))).toBeUndefined()
  })
})

describe('where processes with the same code differ', () => {
  /** Each of seven processes has a cost of its own, and six windows that are alike. */
  function lucky(random: Random): (tells: boolean) => DiffSide {
    const windows = names(7).flatMap(name => {
      const luck = Math.exp(0.1 * normal(random))
      return Array.from({ length: 6 }, () => ({ name, cost: 5e6 * luck * Math.exp(0.02 * normal(random)) }))
    })
    return tells => ({
      label: '',
      files: windows.map(({ name, cost }) => file(tells ? name : undefined, cost)),
    })
  }

  const isSure = (before: DiffSide, after: DiffSide) =>
    diff(before, after).analysis.frames.some(
      ({ collector, significant }) => collector === 'Per request' && significant,
    )

  it('a change is rarely called sure, but often if each window counted', () => {
    const random = seededRandom(7)
    const sure = { byProcess: 0, byWindow: 0 }
    for (let run = 0; run < 40; run++) {
      const [there, here] = [lucky(random), lucky(random)]
      if (isSure(there(true), here(true))) sure.byProcess++
      if (isSure(there(false), here(false))) sure.byWindow++
    }
    expect(sure.byProcess).toBeLessThanOrEqual(5)
    expect(sure.byWindow).toBeGreaterThan(15)
  })

  it('a change of all of them is found', () => {
    const random = seededRandom(8)
    const [before, after] = [lucky(random)(true), lucky(random)(true)]
    const slower = after.files.map(one => {
      const { values } = one.profile.samples
      return file(`${one.profile.comments[0]!.match(/"pid":(\d+)/)![1]}@a`, 1.5 * values[0]![0]!)
    })
    expect(isSure(before, { ...after, files: slower })).toBe(true)
  })
})
