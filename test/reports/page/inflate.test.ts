import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digits, value } from '../../../harness/words/numbers.ts'
import { formatDigits, formatValue } from '../../../reports/html/page/format.js'
import { inflate, unpackFlame } from '../../../reports/html/page/inflate.js'
import { flamePayload, pack } from '../../../reports/html/payload.ts'
import { regressed } from '../variations.ts'

it('reads back what the report has packed, with one outermost frame', async () => {
  const { flames, frames } = regressed().analysis
  const flame = flames[0]!
  expect(flame.parent.filter(it => it < 0).length).toBeGreaterThan(1)
  const read = unpackFlame(await inflate(flamePayload(flame, frames)))
  expect([...read.parent]).toEqual([-1, ...flame.parent.map(it => it + 1)])
  expect(read.unit).toBe('µs')
  const names = [...read.frame].map(frame => read.frames[frame]!.name)
  expect(names).toEqual(['(all)', ...flame.frame.map(it => flame.frames[it]!.function)])
  for (const column of ['before', 'after', 'low', 'high'] as const) {
    flame[column].forEach((figure, i) => {
      expect(Math.abs(read[column][i + 1]! - figure!)).toBeLessThanOrEqual(Math.abs(figure!) * 2.5e-4)
    })
  }
  const check = read.frames.find((frame: { name: string }) => frame.name === 'check')!
  const { p } = frames.find(it => it.collector === 'cpu' && it.function === 'check')!
  expect(check).toMatchObject({ p: expect.closeTo(p!, 4), category: 'application' })
  expect(check.low).toBeLessThan(check.high)
})

it('keeps what is not known unknown', async () => {
  const flame = regressed().analysis.flames[0]!
  flame.low = flame.low.map(() => null)
  const read = unpackFlame(await inflate(flamePayload(flame, [])))
  expect([...read.low].every(Number.isNaN)).toBe(true)
  expect(read.frames[1]?.p).toBeNaN()
})

it('inflates any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async bytes => {
      expect(Array.from(await inflate(pack(bytes)))).toEqual(Array.from(bytes))
    }),
    { numRuns: 30 },
  )
})

it('writes numbers on the page as in every other report', () => {
  const figure = fc.double({ noNaN: true, min: -1e12, max: 1e12 })
  fc.assert(
    fc.property(figure, fc.constantFrom('ns', 'µs', 'ms', 'bytes'), (x, unit) => {
      expect(formatDigits(x)).toBe(digits(x))
      expect(formatValue(x, unit)).toBe(value(x, unit))
    }),
  )
})
