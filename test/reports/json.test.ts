import { describe, expect, it } from 'vitest'
import { renderJson } from '../../reports/json.ts'
import { reportOf } from './records.ts'
import { failed, family, hostile, regressed } from './variations.ts'

describe('report.json', () => {
  it('has the keys that scripts rely on', () => {
    const report = JSON.parse(renderJson(regressed(), ['report.json', 'report.html']))
    expect(report).toMatchObject({
      schema: 'flamegate/report/1',
      scenario: 'shop-regressed',
      verdict: { status: 'regressed' },
      variants: [
        { id: 'plain', label: 'plain', baseline: true },
        { id: 'extra', label: 'extra', baseline: false },
      ],
      environment: { cores: 2, platform: 'linux' },
      artifacts: ['report.json', 'report.html'],
    })
    expect(report.comparisons[0]).toMatchObject({
      variant: 'extra',
      baseline: 'plain',
      metric: 'cpu.perRequest',
      unit: 'µs',
      before: expect.closeTo(495, 0),
      change: { estimate: expect.closeTo(0.584, 3), confidence: 0.95 },
      rounds: 9,
      verdict: 'regressed',
    })
    expect(report.frames[0]).toMatchObject({ variant: 'extra', function: 'check', line: 16 })
    expect(report.culprits[0]).toMatchObject({ function: 'check', cause: { kind: 'own work' } })
    expect(report.owners[0]).toMatchObject({ owner: 'application', significant: true })
    expect(report.gates[0]).toMatchObject({ metric: 'cpu.perRequest', margin: 0.02, status: 'regressed' })
    const { findings } = JSON.parse(renderJson(reportOf('unusable')))
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'unexpected-answers', severity: expect.any(String) }),
    )
  })

  it('has every other two variants, and what was left out', () => {
    const { between, leftOut } = JSON.parse(renderJson(family()))
    expect(between).toHaveLength(6)
    expect(between[0]).toMatchObject({ variant: 'extra', baseline: 'quick' })
    expect(between[0].comparisons[0].metric).toBe('cpu.perRequest')
    expect(leftOut).toEqual([{ round: 5, reason: 'a launch never reached steady state' }])
  })

  it('writes null for a number that is not finite', () => {
    const report = regressed()
    Object.assign(report.analysis.comparisons[0]!, { before: Number.NaN, after: Number.POSITIVE_INFINITY })
    const [first] = JSON.parse(renderJson(report)).comparisons
    expect([first.before, first.after]).toEqual([null, null])
  })

  it.each([failed, family, hostile])('can be printed on a terminal as it is', make => {
    expect(renderJson(make())).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  })
})
