import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProfile } from '../../harness/formats/index.ts'
import { canonical, fileBytes, fileJson, sum } from './files.ts'

const readText = (text: string) => readProfile(new TextEncoder().encode(text)).profile

describe('speedscope', () => {
  const file = (profile: object) =>
    JSON.stringify({ shared: { frames: [{ name: 'a' }, { name: 'b' }] }, profiles: [profile] })
  const sampled = {
    type: 'sampled',
    unit: 'milliseconds',
    name: 'x',
    samples: [[0, 1], [0]],
    weights: [2, 3],
  }

  it('is read with its unit', () => {
    const profile = readText(file(sampled))
    // In nanoseconds, as in other formats.
    expect(profile.valueTypes).toEqual([{ type: 'x', unit: 'nanoseconds' }])
    expect(canonical(profile, { lines: false }).said).toEqual({
      'a :0:0 {}': [3_000_000],
      'a :0:0;b :0:0 {}': [2_000_000],
    })
  })

  it.each([
    [{ ...sampled, samples: [[0, 7], [0]] }, /refers to frame 7/],
    [{ ...sampled, weights: [1] }, /as many weights as samples/],
    [{ ...sampled, weights: [1, null] }, /sample 1 has no weight/],
    [{ ...sampled, type: 'other' }, /only sampled and evented profiles/],
    [{ ...sampled, type: 'evented' }, /no events/],
  ])('is rejected when damaged', (profile, message) => {
    expect(() => readText(file(profile))).toThrow(message)
  })

  it('can have the place of a function in its name, as from a log of V8', () => {
    const frames = [{ name: '*encode file:///srv/app/a.mjs:3:9' }, { name: 'b', file: 'c', line: 1 }]
    const text = JSON.stringify({ shared: { frames }, profiles: [sampled] })
    expect(Object.keys(canonical(readText(text), { lines: false }).said)).toContain(
      'encode file:///srv/app/a.mjs:3:9;b c:1:0 {}',
    )
  })

  it('adds up several profiles, and says so', () => {
    const weights = fileJson('py-spy.speedscope.json').profiles.map((it: { weights: number[] }) =>
      sum(it.weights),
    )
    expect(weights).toHaveLength(2)
    const { profile, choice } = readProfile(fileBytes('py-spy.speedscope.json'))
    expect(sum(profile.samples.values[0]!) / 1e9).toBeCloseTo(sum(weights))
    expect(choice).toMatch(/holds 2 profiles, which were added up: Thread /)
  })

  it('is rejected if its profiles have different units', () => {
    const two = { ...JSON.parse(file(sampled)), profiles: [sampled, { ...sampled, unit: 'bytes' }] }
    expect(() => readText(JSON.stringify(two))).toThrow(/different units/)
  })

  describe('evented', () => {
    const evented = (events: [string, number, number][], startValue = 0, endValue = 100) =>
      file({
        type: 'evented',
        unit: 'milliseconds',
        name: 'x',
        startValue,
        endValue,
        events: events.map(([type, frame, at]) => ({ type, frame, at })),
      })

    it('gives the time between two events to the open stack', () => {
      const text = evented([
        ['O', 0, 10],
        ['O', 1, 12],
        ['C', 1, 15],
        ['C', 0, 16],
        ['O', 1, 20],
      ])
      expect(canonical(readText(text), { lines: false }).said).toEqual({
        'a :0:0 {}': [3_000_000],
        'a :0:0;b :0:0 {}': [3_000_000],
        // A stack that is open at the end lasts until then.
        'b :0:0 {}': [80_000_000],
      })
    })

    it('adds up to the time in which a frame was open', () => {
      const steps = fc.array(fc.record({ open: fc.boolean(), frame: fc.nat(1), after: fc.nat(9) }), {
        minLength: 1,
      })
      fc.assert(
        fc.property(steps, given => {
          const open: number[] = []
          const events: [string, number, number][] = []
          let [now, covered] = [0, 0]
          for (const { open: opens, frame, after } of given) {
            now += after
            if (open.length > 0) covered += after
            if (!opens && open.length === 0) continue
            events.push(opens ? ['O', frame, now] : ['C', open.pop()!, now])
            if (opens) open.push(frame)
          }
          if (open.length > 0) covered += 7
          fc.pre(covered > 0)
          const { samples } = readText(evented(events, 0, now + 7))
          expect(sum(samples.values[0]!)).toBe(covered * 1e6)
        }),
      )
    })

    it.each<[string, [string, number, number][], number?, RegExp?]>([
      ['closes what is not open', [['C', 0, 1]]],
      [
        'closes what is not innermost',
        [
          ['O', 0, 1],
          ['O', 1, 2],
          ['C', 0, 3],
        ],
      ],
      [
        'goes back in time',
        [
          ['O', 0, 5],
          ['C', 0, 3],
        ],
      ],
      ['has an unknown kind', [['X', 0, 5]]],
      ['names a frame that is not there', [['O', 9, 5]]],
      ['ends before it is over', [['O', 0, 500]], 100],
    ])('is rejected when it %s', (_, events, end) => {
      expect(() => readText(evented(events, 0, end))).toThrow(/^speedscope: (event \d|the end) /)
    })
  })
})
