import { describe, expect, it } from 'vitest'
import {
  duration,
  interval,
  magnitude,
  percent,
  quantity,
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

  it('is a dash where nothing was measured', () => {
    expect(value(null, 'ns')).toBe('–')
    expect(value(Number.NaN, 'bytes')).toBe('–')
    expect(quantity(Number.POSITIVE_INFINITY, 'count')).toEqual({ figure: '–', unit: '' })
  })
})

describe('percent', () => {
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
    expect(percent(x)).toBe(text)
  })

  it('has no sign as a magnitude', () => {
    expect(magnitude(-0.112)).toBe('11.2 %')
  })
})

describe('interval', () => {
  it('has both ends', () => {
    expect(interval({ estimate: 0.01, low: -0.003, high: 0.045, confidence: 0.95 })).toBe('−0.3 … +4.5 %')
  })

  it('is none when a figure of it is none', () => {
    const broken = { estimate: 0.01, low: Number.NaN, high: 0.045, confidence: 0.95 }
    expect(sound(broken)).toBeNull()
    expect(interval(broken)).toBe('–')
  })
})

describe('duration', () => {
  it.each([
    [420, '420 ms'],
    [2_230, '2.23 s'],
    [48_300, '48 s'],
    [123_000, '2 min 03 s'],
  ])('%d ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})

describe('tick', () => {
  it('drops zeros that say nothing, and only those', () => {
    expect(tick(2_000, 'µs')).toBe('2 ms')
    expect(tick(500, 'µs')).toBe('500 µs')
    expect(tick(2_500, 'µs')).toBe('2.5 ms')
  })
})
