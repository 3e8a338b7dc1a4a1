/** Loads of every kind, from the scenario to the record. */
import { describe, expect, it } from 'vitest'
import { decodeHistogram } from '../../harness/stats/histogram.ts'
import { flamegate, printed, recordIn, total } from './flamegate.ts'

async function measured(...args: string[]) {
  const ended = await flamegate([...args, '--rounds', '1', '--json'])
  expect(ended).toMatchObject({ exitCode: 0, left: [] })
  const { plan, rounds } = recordIn(ended.output)
  return { plan, findings: printed(ended).findings, launches: rounds[0]!.launches }
}

describe('an open loop', () => {
  it('sends both variants the same requests at its rate, and counts unexpected answers', async () => {
    const { plan, launches } = await measured('open-loop')
    expect(plan.load).toMatchObject({ engine: 'open', rate: 300, data: { from: 'function' } })
    const [one, other] = launches
    expect(one!.pace!.arrivals).toBe(other!.pace!.arrivals)
    expect(one!.pace).toMatchObject({ rate: 300, dropped: 0 })
    const counts = (latency: string[] = []) => latency.map(text => decodeHistogram(text).totalCount)
    const all = ({ histograms, pace }: typeof one & object) =>
      pace!.leftOut! + counts(histograms.latency).reduce((sum, count) => sum + count)
    expect(all(one!)).toBe(all(other!))
    expect(counts(one!.histograms.uncorrected)).toEqual(counts(one!.histograms.latency))
    expect(one!.failures).toBeUndefined()
    expect(total(one!.timed.unexpected)).toBe(0)
  })

  it('goes through its phases', async () => {
    const { launches } = await measured('phased')
    for (const { phases, timed } of launches) {
      expect(phases!.map(({ name, start, requests }) => [name, start, requests])).toEqual([
        ['hold 200', 0, 100],
        ['ramp 200–600', 500, 200],
        ['before the spike 100', 1_000, 30],
        ['spike 800', 1_300, 240],
        ['after the spike 100', 1_600, 30],
      ])
      expect(timed.requests).toEqual([600])
    }
  })

  it('reports what became of the arrivals when the rate cannot be reached', async () => {
    const { launches, findings } = await measured('overloaded')
    for (const { pace, timed } of launches) {
      expect(pace!.dropped).toBeGreaterThan(100)
      expect(total(timed.requests) + pace!.dropped).toBe(pace!.arrivals)
    }
    const codes = findings.map(({ code }) => code)
    expect(codes).toEqual(expect.arrayContaining(['arrivals-dropped', 'rate-not-reached']))
  })
})

it.each(['closing', 'closing-open'])(
  'a target that sends hints and closes its connections has every answer counted: %s',
  async scenario => {
    const { launches, findings } = await measured(scenario)
    for (const { timed, renewed } of launches) {
      expect([total(timed.errors), total(timed.unexpected)]).toEqual([0, 0])
      expect(renewed!.connections).toBeGreaterThan(total(timed.requests) / 4)
    }
    const found = findings.find(({ code }) => code === 'connections-not-kept')!
    expect(found.message).toMatch(/one \d\d(\.\d)? %, other \d\d(\.\d)? %/)
  },
)

describe('a target', () => {
  it.each(['over-tls', 'over-socket'])('%s', async scenario => {
    const { launches } = await measured(scenario)
    for (const { timed } of launches) {
      expect(total(timed.requests)).toBeGreaterThan(0)
      expect([total(timed.errors), total(timed.unexpected)]).toEqual([0, 0])
    }
  })
})
