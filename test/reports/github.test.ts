import { expect, test } from 'vitest'
import type { Outcome, Report } from '../../harness/model/report.ts'
import { renderAnnotations } from '../../reports/github.ts'
import { edited } from './records.ts'
import { acceptedUntil, outcomes, regressed, withoutProfiles } from './variations.ts'

const lines = (of: Outcome[]) => renderAnnotations(of).trimEnd().split('\n')

test('a regression is an error at its gate’s line, an inconclusive gate a notice, what is fine says nothing', () => {
  const [slow, , open] = outcomes().slice(1) as [Outcome, Outcome, Outcome]
  slow.report!.verdict.gates[0]!.gate.line = 9
  const told = lines(outcomes().map(it => (it.scenario === 'slow' ? slow : it)))
  expect(open.problem).toBeDefined()
  expect(told.map(line => line.split(' ')[0])).toEqual(['::error', '::error', '::notice'])
  expect(told[0]).toMatch(/^::error file=scenarios\/slow\.ts,line=9,title=slow%3A extra regressed::/)
  expect(told[2]).toContain('This is neutral')
})

test('a run of wrong answers is an error once: at a gate that could not be measured, or at the file', () => {
  const report = regressed()
  const [gate] = report.verdict.gates
  const told = (gates: typeof report.verdict.gates) => {
    const verdict = { status: 'not comparable' as const, decided: true, gates, unusable: 'All went wrong.' }
    return lines([{ scenario: 's', file: 's.ts', folder: '', report: { ...report, verdict } }])
  }
  const unmeasured = { ...gate!, status: 'not comparable' as const, reason: 'All went wrong.' }
  expect(told([unmeasured])).toEqual([
    expect.stringMatching(/^::error .*extra not comparable::.*All went wrong\.$/),
  ])
  expect(told([{ ...unmeasured, gate: { ...gate!.gate, level: 'warn' } }])).toEqual([
    '::error file=s.ts,line=1,title=s%3A not measured::Not comparable: All went wrong.',
    expect.stringMatching(/^::warning /),
  ])
  expect(told([])).toHaveLength(1)
})

/** The regression as a job sees it whose repository is at `root`. */
function placed(root: string, edit: (report: Report) => void = () => {}) {
  const report = regressed()
  edit(report)
  const { file } = report.run.plan
  return lines([{ scenario: 's', file: file.slice(root.length), folder: '', report }])
}

test.each([
  ['/srv/app/', ''],
  ['/srv/', 'app/'],
])('a cause in the repository %s is told at its line, and the gate only tells the rest', (root, folder) => {
  const [gate, cause, ...others] = placed(root)
  expect(others).toEqual([])
  expect(gate).toMatch(new RegExp(`^::error file=${folder}scenarios/shop-regressed.ts,line=\\d+,`))
  expect(gate).not.toContain('next to nothing')
  expect(cause).toMatch(
    new RegExp(
      `^::error file=${folder}targets/shop/server.js,line=16,title=s%3A extra regressed::check \\(.*\\) cost next to nothing before`,
    ),
  )
})

test.each<[string, (report: Report) => void]>([
  [
    'outside the repository',
    ({ analysis }) => Object.assign(analysis.culprits[0]!, { path: '/srv/other.js' }),
  ],
  [
    'in a package',
    ({ analysis }) => Object.assign(analysis.culprits[0]!, { path: '/srv/app/node_modules/lib/index.js' }),
  ],
  [
    "in the baseline's checkout",
    ({ run }) => Object.assign(run.plan, { checkout: { folder: '/srv/app/targets/shop' } }),
  ],
  ['gone', ({ analysis }) => Object.assign(analysis.culprits[0]!, { path: undefined })],
])('a cause %s is told at the gate', (_, edit) => {
  const told = placed('/srv/app/', edit)
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(/^::error file=scenarios.*check \(.*\) cost next to nothing before/)
})

test('two gates of a variant tell a cause once', () => {
  const told = placed('/srv/app/', ({ verdict }) => {
    const [gate] = verdict.gates
    verdict.gates.unshift({ ...gate!, gate: { ...gate!.gate, metric: 'cpu.mainThread' } })
  })
  expect(told.map(line => /file=([^,]*)/.exec(line)![1])).toEqual([
    'scenarios/shop-regressed.ts',
    'targets/shop/server.js',
    'scenarios/shop-regressed.ts',
  ])
})

test('a message cannot end its command or begin another one', () => {
  const broken = outcomes().filter(({ problem }) => problem)
  const told = lines(broken)
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('\\u{7},:%25%0A:\\u{3a}error::x%0Aserver.js')
})

test('a name cannot add a property', () => {
  const [told] = lines([{ scenario: 'x,line=1::y\nz', file: 'a,b:c.ts', folder: '', report: regressed() }])
  expect(told).toMatch(/^::error file=a%2Cb%3Ac\.ts,line=1,title=x%2Cline=1%3A%3Ay%0Az%3A extra regressed::/)
})

test('ten of a type are shown, and the tenth says how many are not', () => {
  const many = new Array<Outcome>(13).fill(outcomes()[1]!)
  const told = lines(many)
  expect(told).toHaveLength(10)
  expect(told[9]).toContain('title=4 more::')
})

test('an accepted regression is a notice, one whose acceptance has expired is an error', () => {
  const first = (report: Report) => lines([{ scenario: 's', file: 's.ts', folder: '', report }])[0]
  expect(first(acceptedUntil('2026-12-31'))).toMatch(/^::notice .*extra regressed::/)
  expect(first(acceptedUntil('2026-11-15'))).toMatch(/^::error .*extra regressed::/)
})

test('a regression of a gate that only warns is a warning', () => {
  const report = edited('regressed', run => {
    withoutProfiles(run)
    run.plan.gates[0]!.level = 'warn'
  })
  const [told] = lines([{ scenario: 's', file: 's.ts', folder: '', report }])
  expect(told).toMatch(/^::warning .*extra regressed::/)
})
