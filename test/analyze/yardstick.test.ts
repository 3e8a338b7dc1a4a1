/** Two days, on the second of which the machine is slower: what the yardstick makes of that. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyze } from '../../harness/analyze/index.ts'
import { ALLOWANCE, allowances } from '../../harness/analyze/yardstick.ts'
import { evidenceOfRecords } from '../../harness/evidence/index.ts'
import { judge } from '../../harness/judge/index.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { day, yardstick } from './days.ts'
import { environment, metricsOf, plan } from './records.ts'

const METRICS = metricsOf('cpu.perRequest', 'errors', 'memory.allocated')

const GATES: Gate[] = [
  { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
  { metric: 'memory.allocated', margin: 0.02, level: 'error' },
]

function across(before: RunRecord, after: RunRecord) {
  const evidence = evidenceOfRecords(before, after, 'before')
  const analysis = analyze(evidence, METRICS)
  const of = (id: string) => analysis.comparisons.find(({ metric }) => metric === id)!
  const { gates } = judge(analysis, evidence, { ...after, plan: { ...after.plan, gates: GATES } })
  return {
    cpu: of('cpu.perRequest'),
    allocated: of('memory.allocated'),
    errors: of('errors'),
    codes: analysis.findings.map(({ code }) => code),
    messages: analysis.findings.map(({ message }) => message).join('\n'),
    gate: (id: string) => gates.find(({ gate }) => gate.metric === id)!,
  }
}

describe('with a yardstick', () => {
  test('a slower day cancels, and a change is found through it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), slowness => {
        const same = across(day(1), day(slowness))
        expect(same.cpu.change!.estimate).toBeCloseTo(0, 6)
        expect(same.gate('cpu.perRequest').status).toBe('fine')
        // By as much as is left of the machine's own change, and by 10 % more.
        const change = 0.1 + ALLOWANCE.ofShift * Math.abs(Math.log(slowness))
        const costlier = across(day(1), day(slowness, { cost: 50_000 * (1 + change) }))
        expect(costlier.cpu.change!.estimate).toBeCloseTo(change, 6)
        expect(costlier.cpu.verdict).toBe('regressed')
        expect(costlier.gate('cpu.perRequest').status).toBe('regressed')
      }),
      { numRuns: 20 },
    )
  })

  test('10 % is found on a machine that has hardly changed', () => {
    for (const slowness of [0.9, 0.95, 1, 1.05, 1.1])
      expect(across(day(1), day(slowness, { cost: 55_000 })).gate('cpu.perRequest').status).toBe('regressed')
  })

  test('10 % is not trusted on a machine that has become twice as slow', () => {
    const costlier = across(day(1), day(2, { cost: 55_000 }))
    expect(costlier.gate('cpu.perRequest').status).not.toBe('regressed')
    expect(costlier.gate('cpu.perRequest').reason).toContain('margin of +28.1 %')
    expect(costlier.messages).toContain(
      "a gate's margin is wider by 26.1 % on CPU time and by 26.1 % on any other",
    )
  })

  test('both sides’ variances count, also with unequal numbers of rounds', () => {
    const { cpu } = across(day(1, { rounds: 4 }), day(1.3))
    expect(cpu.across!.centre).toMatchObject({ count: 4 })
    expect(cpu.across!.centre!.degrees).toBeGreaterThan(3)
    expect(cpu.rounds).toBe(4)
    expect(cpu.change!.low).toBeLessThan(0)
    expect(cpu.change!.high).toBeGreaterThan(0)
  })

  test('margins are wider for times, not for bytes, and a finding says so', () => {
    const { gate, codes, messages, allocated } = across(day(1), day(1.25, { cost: 52_000, bytes: 1_040 }))
    // 4 % is above the margin of 2 %, and below it when it is widened.
    expect(gate('cpu.perRequest').status).not.toBe('regressed')
    expect(gate('cpu.perRequest').reason).toContain(
      `margin of +${((0.02 + allowances(Math.log(1.25)).processorTime) * 100).toFixed(1)} %`,
    )
    expect(gate('memory.allocated').status).toBe('regressed')
    expect(allocated.change!.estimate).toBeCloseTo(0.04, 6)
    expect(codes).toEqual(expect.arrayContaining(['not-interleaved', 'yardstick']))
    expect(messages).toContain('The yardstick took 25.0 % more CPU time here than there')
  })
})

describe('without one that both have measured the same way', () => {
  const withoutYardstick = (record: RunRecord): RunRecord => ({
    ...record,
    rounds: record.rounds.map(({ yardstick: _, ...round }) => round),
  })
  const otherVersion = day(1, { given: { plan: { ...plan, yardstick: { ...yardstick, version: 2 } } } })
  const otherNode = day(1)
  for (const { yardstick } of otherNode.rounds) yardstick!.versions = { node: '24.0.0' }
  const otherMachine = day(1, { given: { environment: { ...environment, cpuModel: 'Xeon' } } })

  test.each<[string, RunRecord, RegExp]>([
    ['it was not measured', withoutYardstick(day(1)), /the earlier run has measured no yardstick/],
    ['it was another version', otherVersion, /version 2 there and 1 here/],
    ['it ran on another Node', otherNode, /Node 24\.0\.0 there and 26\.10\.0 here/],
    ['it ran on another machine', otherMachine, /different machines \(Processor: Xeon there/],
  ])('%s: times are shown but not judged, bytes and counts are judged', (_, before, message) => {
    const { cpu, gate, codes, messages, errors } = across(before, day(1.2, { bytes: 1_100 }))
    expect(cpu.change).not.toBeNull()
    expect(cpu.verdict).toBe('inconclusive')
    expect(gate('cpu.perRequest')).toMatchObject({
      status: 'not comparable',
      reason: 'CPU per request was measured at two times, with no yardstick for it.',
    })
    expect(gate('memory.allocated').status).toBe('regressed')
    expect(errors.verdict).toBe('fine')
    expect(codes).toContain('no-yardstick')
    expect(messages).toMatch(message)
  })
})
