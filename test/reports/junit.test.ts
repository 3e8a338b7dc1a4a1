import { parse, type TestCase } from 'junit2json'
import { expect, test } from 'vitest'
import type { Report } from '../../harness/model/report.ts'
import { renderJunit } from '../../reports/junit.ts'

import { outcomes, regressed, regressedWith } from './variations.ts'

async function suites(xml: string) {
  const parsed = await parse(xml)
  if (!parsed || !('testsuite' in parsed)) throw new Error('no suites')
  return parsed
}

const kinds = ({ failure, error, skipped }: TestCase) => [failure, error, skipped].map(it => it?.length ?? 0)

test('a scenario is a suite, a gate is a test case; inconclusive is skipped, what was not measured is an error', async () => {
  const { tests, failures, errors, testsuite = [] } = await suites(renderJunit(outcomes()))
  expect({ tests, failures, errors }).toEqual({ tests: 7, failures: 1, errors: 1 })
  expect(testsuite.map(({ name }) => name)).toEqual(['fine', 'slow', 'open', 'broken'])
  const cases = testsuite.flatMap(({ testcase = [] }) => testcase)
  expect(cases.map(kinds)).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 1],
    [0, 0, 0],
    [0, 1, 0],
  ])
  expect(cases[2]).toMatchObject({ classname: 'flamegate.slow', name: expect.stringContaining('within') })
})

test('a run of wrong answers is an error even if none of its gates is', async () => {
  const unusable = '99 % of the 300 requests to it went wrong.'
  const report = regressed()
  const told = async (gates: Report['verdict']['gates']) => {
    const verdict: Report['verdict'] = { status: 'not comparable', decided: true, gates, unusable }
    const xml = renderJunit([{ scenario: 's', file: 's.ts', folder: '', report: { ...report, verdict } }])
    const { errors, testsuite = [] } = await suites(xml)
    return { errors, cases: testsuite[0]!.testcase!.map(it => [...kinds(it), it.error?.[0]?.message]) }
  }
  const [gate] = report.verdict.gates
  const failed = [0, 1, 0, `Not comparable: ${unusable}`]
  expect(await told([])).toEqual({ errors: 1, cases: [failed] })
  const warning = {
    ...gate!,
    status: 'not comparable' as const,
    gate: { ...gate!.gate, level: 'warn' as const },
  }
  expect(await told([warning])).toEqual({ errors: 1, cases: [[0, 0, 0, undefined], failed] })
  const unmeasured = { ...gate!, status: 'not comparable' as const, reason: unusable }
  expect(await told([unmeasured])).toEqual({ errors: 1, cases: [[0, 1, 0, `not comparable: ${unusable}`]] })
})

test('a failure names the functions, the step, and the line of the gate', async () => {
  const report: Report = regressedWith('GET /stock')
  report.verdict.gates[0]!.gate.line = 12
  const xml = renderJunit([{ scenario: 'slow', file: 'scenarios/slow.ts', folder: '', report }])
  expect(xml).toContain('line="12"')
  const { testsuite = [] } = await suites(xml)
  const failure = testsuite[0]!.testcase![0]!.failure![0]!
  expect(failure.inner).toMatch(
    /check \(.*server\.js:16\) cost next to nothing before \(\+\d+ µs of \+\d+ µs per request\)/,
  )
  expect(failure.inner).toMatch(/slowed most: latency without a queue/)
})

test('a hostile message arrives as text, its controls visible', async () => {
  const { testsuite = [] } = await suites(renderJunit(outcomes()))
  const message = testsuite[3]!.testcase![0]!.error![0]!.message!
  expect(message).toContain(']]>"&<b>\\u{7}')
  expect(message).toContain(':\\u{3a}error::x')
})
