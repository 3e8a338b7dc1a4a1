import { describe, expect, test } from 'vitest'
import { learntFrom, Pace, shortened } from '../../harness/measure/driver/load/pace.ts'
import type { PlannedLoad } from '../../harness/model/plan.ts'
import { plan } from '../analyze/records.ts'

const paced = (load: Partial<PlannedLoad>) => ({
  ...plan,
  load: { ...plan.load, engine: 'open', arrivals: 'constant' as const, connections: 10, ...load },
  timing: { slice: 500, timed: 3_000, profiled: 800 },
})

const phasesOf = (pace: Pace, size = 1) => pace.usual(0, size).phases

describe('what a slice sends', () => {
  test('runs the script as often as was learnt, until the loop is open', () => {
    const pace = new Pace(paced({}), 1, { times: 7, capacity: 1_000, rate: 400, limit: 'generator' })
    expect(pace.usual(5, 2)).toEqual({ first: 5, times: 14 })
    expect(pace.openLoad).toBeUndefined()
    pace.open(500)
    expect(phasesOf(pace, 2)).toEqual([{ from: 400, to: 400, duration: 1_000 }])
    expect(pace.openLoad).toEqual({ rate: 400, capacity: 1_000, limit: 'generator' })
  })

  test.each<[string, Partial<PlannedLoad>, number]>([
    ['a rate', { rate: 300 }, 300],
    ['a share of the capacity', { rate: '120%' }, 1_200],
    ['the mean of phases', { phases: [{ name: 'ramp', from: 100, to: '50%', duration: 900 }] }, 300],
  ])('%s of the scenario is kept', (_, load, rate) => {
    const pace = new Pace(paced(load), 1, { times: 1, capacity: 1_000 })
    pace.open(500)
    expect(pace.openLoad).toEqual({ rate, capacity: 1_000 })
    expect(phasesOf(pace)).toEqual([{ from: rate, to: rate, duration: 500 }])
  })

  test('arrivals are runs of the script, and a short slice has ten of them, or half a second', () => {
    const of = (rate: number) => {
      const pace = new Pace(paced({ rate }), 3, { times: 1 })
      pace.open(150)
      return phasesOf(pace)
    }
    expect(of(900)).toEqual([{ from: 300, to: 300, duration: 150 }])
    expect(of(90)).toEqual([{ from: 30, to: 30, duration: expect.closeTo(333.3, 1) }])
    expect(of(3)).toEqual([{ from: 1, to: 1, duration: 500 }])
  })

  test('the shortest slice has enough arrivals and is never longer than a usual one', () => {
    const of = (rate: number, slice: number) => {
      const pace = new Pace(paced({ rate }), 1, { times: 1 })
      pace.open(slice)
      return pace.shortest(0).phases![0]!.duration
    }
    expect([of(1_000, 500), of(40, 500), of(1_000, 100), of(5, 100)]).toEqual([150, 250, 100, 500])
    expect(new Pace(paced({}), 1, { times: 7 }).shortest(5)).toEqual({ first: 5, times: 7 })
  })
})

test('phases are shortened by the same share, and never made longer', () => {
  const phases = [
    { name: 'hold 5', from: 5, to: 5, duration: 6_000 },
    { name: 'ramp 5–9', from: 5, to: 9, duration: 3_000 },
  ]
  expect(shortened(phases, 900).map(({ duration }) => duration)).toEqual([600, 300])
  expect(shortened(phases, 90_000)).toEqual(phases)
})

test('a later round continues with what the first one found, except for what the scenario sets', () => {
  const sent = { arrivals: 1, dropped: 0, sendError: '' }
  expect(learntFrom({ rate: 400, capacity: 1_000, limit: 'generator', ...sent })).toEqual({
    rate: 400,
    capacity: 1_000,
    limit: 'generator',
  })
  expect(learntFrom({ rate: 300, capacity: 1_000, ...sent })).toEqual({ capacity: 1_000 })
  expect(learntFrom({ rate: 300, ...sent })).toEqual({})
})
