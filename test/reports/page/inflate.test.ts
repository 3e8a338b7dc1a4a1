import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digits, value } from '../../../harness/words/numbers.ts'
import { formatDigits, formatValue } from '../../../reports/html/page/format.js'
import { inflate, unpackFlame } from '../../../reports/html/page/inflate.js'
import { flamePayload, pack } from '../../../reports/html/payload.ts'
import { sampleReport } from '../sample.ts'

it('reads back what the report has packed', async () => {
  const { flames, frames } = sampleReport().analysis
  const flame = flames[0]!
  const read = unpackFlame(await inflate(flamePayload(flame, frames)))
  expect([...read.parent]).toEqual(flame.parent)
  expect([...read.frame]).toEqual(flame.frame)
  expect(read.unit).toBe('µs')
  expect(read.frames.map((frame: { name: string }) => frame.name)).toEqual(
    flame.frames.map(it => it.function),
  )
  for (const column of ['before', 'after', 'low', 'high'] as const) {
    flame[column].forEach((figure, i) => {
      expect(Math.abs(read[column][i]! - figure!)).toBeLessThanOrEqual(Math.abs(figure!) * 2e-4)
    })
  }
  const stringify = read.frames.find((frame: { name: string }) => frame.name === 'JSON.stringify')!
  expect(stringify).toMatchObject({ p: 0.008, category: 'v8' })
  expect(stringify.low).toBeLessThan(stringify.high)
})

it('keeps what is not known unknown', async () => {
  const flame = sampleReport().analysis.flames[0]!
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

it('puts several outermost frames under one', async () => {
  const flame = sampleReport().analysis.flames[0]!
  flame.parent = flame.parent.map((parent, i) => (i === 1 || i === 13 ? -1 : parent))
  const read = unpackFlame(await inflate(flamePayload(flame, [])))
  expect([...read.parent].slice(0, 3)).toEqual([-1, 0, 0])
  expect([...read.parent].filter(parent => parent < 0)).toHaveLength(1)
  expect(read.frames[read.frame[0]!]?.name).toBe('(all)')
  expect(read.before.reduce((a: number, b: number) => a + b)).toBeCloseTo(
    flame.before.reduce((a, b) => a + b),
    2,
  )
})
