import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BLIND } from '../../../validate/truth/blind.ts'
import { KINDS, PAIRS } from '../../../validate/truth/pairs.ts'

const SERVICES = join(import.meta.dirname, '..', '..', '..', 'validate', 'truth', 'services')
const all = [...PAIRS, ...BLIND]
const duplicates = (names: string[]) => names.filter((name, at) => names.indexOf(name) !== at)

describe('pairs of versions', () => {
  test('there are sixteen with a reason, of every kind, and ten for the blind check', () => {
    expect(PAIRS.length).toBeGreaterThanOrEqual(16)
    expect(BLIND).toHaveLength(10)
    expect(KINDS.filter(kind => !PAIRS.some(pair => pair.kind === kind))).toEqual([])
    expect(PAIRS.filter(({ why }) => !/\((.+)\)/.test(why))).toEqual([])
  })

  test('those that the blind check uses are none of the others', () => {
    const versions = all.map(pair => `${pair.package}@${pair.before}`)
    expect(duplicates(versions)).toEqual([])
  })

  test('each is of two exact versions, the older one first', () => {
    for (const { before, after } of all) {
      expect([before, after]).toEqual(Array(2).fill(expect.stringMatching(/^\d+\.\d+\.\d+$/)))
      expect([after, before].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))).toEqual([
        before,
        after,
      ])
    }
  })

  test('each has a service of its own that loads the package, and no service is without a pair', () => {
    const services = all.map(({ service }) => service)
    expect(duplicates(services)).toEqual([])
    expect(readdirSync(SERVICES).toSorted()).toEqual(services.map(name => `${name}.js`).toSorted())
    const strange = all.filter(pair => {
      const text = readFileSync(join(SERVICES, `${pair.service}.js`), 'utf8')
      return !text.includes(`require('${pair.package}')`)
    })
    expect(strange).toEqual([])
  })
})
