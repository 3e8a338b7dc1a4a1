import { describe, expect, it } from 'vitest'
import { renderJson } from '../../reports/json.ts'
import { failed, family, hostile, regressed } from './sample.ts'

describe('report.json', () => {
  it('has the keys that scripts rely on', () => {
    const report = JSON.parse(renderJson(regressed(), ['report.json', 'report.html']))
    expect(report).toMatchObject({
      schema: 'flamegate/report/1',
      scenario: 'serializers',
      verdict: { status: 'regressed' },
      variants: [
        { id: 'json', label: 'JSON.stringify', baseline: true },
        { id: 'safe', label: 'safe-stable-stringify', baseline: false },
      ],
      environment: { cores: 2, platform: 'linux' },
      artifacts: ['report.json', 'report.html'],
    })
    expect(report.comparisons[0]).toMatchObject({
      variant: 'safe',
      baseline: 'json',
      metric: 'cpu.perRequest',
      unit: 'ns',
      before: 38_240,
      change: { estimate: 0.642, confidence: 0.95 },
      rounds: 8,
      verdict: 'regressed',
    })
    expect(report.frames[0]).toMatchObject({ variant: 'safe', function: 'onParserExecuteCommon', line: 893 })
    expect(report.findings[0]).toMatchObject({ code: 'disturbed', severity: 'warning' })
    expect(report.gates[0]).toMatchObject({ metric: 'cpu.perRequest', margin: 0.02, status: 'regressed' })
  })

  it('has every other two variants, and what was left out', () => {
    const { between, leftOut } = JSON.parse(renderJson(family()))
    expect(between).toHaveLength(6)
    expect(between[0]).toMatchObject({ variant: 'safe', baseline: 'fast' })
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
