import { describe, expect, it } from 'vitest'
import {
  counted,
  duration,
  interval,
  magnitude,
  percent,
  precise,
  quantity,
  share,
  signedPercent,
  signedValue,
  sound,
  tick,
  value,
} from '../../harness/words/numbers.ts'

describe('value', () => {
  it.each([
    [38_240, 'ns', '38.2 µs'],
    [999.96, 'µs', '1.00 ms'],
    [0, 'ns', '0 ns'],
    [0.43, 'ns', '0.430 ns'],
    [18_944, 'bytes', '18.5 KiB'],
    [-2_097_152, 'bytes', '−2.00 MiB'],
    [21_874.3, '1/s', '21,874 /s'],
    [0.943, 'ratio', '94.3 %'],
    [7, 'count', '7'],
    [1.84, 'count', '1.84'],
  ])('%d %s reads %s', (x, unit, text) => {
    expect(value(x, unit)).toBe(text)
  })

  it('is a dash if nothing was measured', () => {
    expect(value(null, 'ns')).toBe('–')
    expect(value(Number.NaN, 'bytes')).toBe('–')
    expect(quantity(Number.POSITIVE_INFINITY, 'count')).toEqual({ figure: '–', unit: '' })
  })
})

describe('precise', () => {
  it.each([
    [1_204, 'µs', '1,204 µs'],
    [3_121, 'bytes', '3,121 bytes'],
    [250.04, 'µs', '250 µs'],
    [38.2467, 'µs', '38.25 µs'],
    [-12_345.6, 'µs', '−12,346 µs'],
    [0.94312, 'ratio', '94.31 %'],
    [21_874.3, '1/s', '21,874 /s'],
    [3, 'count', '3'],
  ])('%d %s reads %s', (x, unit, text) => {
    expect(precise(x, unit)).toBe(text)
  })
})

describe('signedValue', () => {
  it('has a sign unless it rounds to zero', () => {
    expect(signedValue(3_100, 'ns')).toBe('+3.10 µs')
    expect(signedValue(-1_229, 'bytes')).toBe('−1.20 KiB')
    expect(signedValue(-0.0001, 'ns')).toBe('0 ns')
  })
})

describe('signedPercent', () => {
  it.each([
    [0.034, '+3.4 %'],
    [-0.1123, '−11.2 %'],
    [0, '0.0 %'],
    [0.0004, '+0.04 %'],
    [-0.000001, '0.00 %'],
    [0.9999, '+100 %'],
    [12.3, '+1,230 %'],
    [Number.NaN, '–'],
  ])('%d reads %s', (x, text) => {
    expect(signedPercent(x)).toBe(text)
  })

  it('has no sign as a magnitude', () => {
    expect(magnitude(-0.112)).toBe('11.2 %')
  })
})

describe('percent', () => {
  it.each([
    [0.02, '2 %'],
    [0.0025, '0.25 %'],
    [0.07, '7 %'],
    [1.5, '150 %'],
  ])('%d reads %s', (x, text) => {
    expect(percent(x)).toBe(text)
  })
})

describe('share', () => {
  it.each([
    [0.42, '42 %'],
    [0.051, '5.1 %'],
    [0.1, '10 %'],
    [0.0004, '0.04 %'],
    [0.966, '96.6 %'],
    [0.9997, '99.97 %'],
    [1.234, '123 %'],
    [0, '0 %'],
    [1, '100 %'],
    [Number.NaN, '–'],
  ])('%d reads %s', (x, text) => {
    expect(share(x)).toBe(text)
  })

  it('is never rounded up to all or down to nothing', () => {
    expect(share(0.999_999)).toBe('> 99.99 %')
    expect(share(0.000_001)).toBe('< 0.01 %')
  })
})

describe('interval', () => {
  it('has both ends', () => {
    expect(interval({ estimate: 0.01, low: -0.003, high: 0.045, confidence: 0.95 })).toBe('−0.3 … +4.5 %')
  })

  it('is a dash if one of its numbers is not finite', () => {
    const broken = { estimate: 0.01, low: Number.NaN, high: 0.045, confidence: 0.95 }
    expect(sound(broken)).toBeNull()
    expect(interval(broken)).toBe('–')
  })
})

describe('duration', () => {
  it.each([
    [420, '420 ms'],
    [2_230, '2.2 s'],
    [8_000, '8 s'],
    [48_300, '48 s'],
    [59_700, '1 min 00 s'],
    [123_000, '2 min 03 s'],
    [3_900_000, '1 h 05 min'],
  ])('%d ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})

describe('counted', () => {
  it('chooses the noun by the number', () => {
    expect(counted(1, 'round')).toBe('1 round')
    expect(counted(1_200, 'request')).toBe('1,200 requests')
    expect(counted(2, 'launch', 'launches')).toBe('2 launches')
  })
})

describe('tick', () => {
  it('drops trailing zeros after the point, and no others', () => {
    expect(tick(2_000, 'µs')).toBe('2 ms')
    expect(tick(500, 'µs')).toBe('500 µs')
    expect(tick(2_500, 'µs')).toBe('2.5 ms')
  })
})
