import { describe, expect, test } from 'vitest'
import { studentT } from '../../harness/stats/centre.ts'
import { studentQuantile, studentTail } from '../../harness/stats/student.ts'

describe("Student's t", () => {
  // Printed tables of the distribution.
  test.each([
    [0.975, 1, 12.7062],
    [0.975, 3, 3.1824],
    [0.975, 10, 2.2281],
    [0.9995, 5, 6.8688],
    [0.95, 30, 1.6973],
    [0.99, 1e6, 2.3264],
  ])('quantile at %d with %d degrees of freedom is %d', (probability, degrees, t) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(t, 4)
  })

  test('is Cauchy with one degree of freedom, which has a closed form', () => {
    for (const p of [0.6, 0.9, 0.999, 0.999999])
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 8)
  })

  test.each([1, 2, 5, 23])('tail and quantile are inverse with %d degrees of freedom', degrees => {
    for (const p of [1e-7, 0.0002, 0.0035, 0.3, 0.5, 0.9])
      expect(studentTail(studentQuantile(1 - p, degrees), degrees) / p).toBeCloseTo(1, 6)
  })

  test('the interval of a textbook sample', () => {
    const { estimate, low, high } = studentT([1, 2, 3, 4, 5], 0.95)
    expect(estimate).toBe(3)
    expect(low).toBeCloseTo(1.0368, 4)
    expect(high).toBeCloseTo(4.9632, 4)
  })

  test('rejects values that have no interval', () => {
    expect(() => studentT([1], 0.95)).toThrow('two values')
    expect(() => studentQuantile(1, 3)).toThrow('no quantile')
    expect(() => studentQuantile(0.5, 0)).toThrow('no quantile')
  })
})
