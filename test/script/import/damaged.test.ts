/** Whatever is in a file: a scenario that loads, or a UsageError that names the file. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../../harness/model/errors.ts'
import { type Format, scenarioFrom } from '../../../harness/script/import/index.ts'
import { imported, SAMPLES, sample } from './imported.ts'

const FORMATS = Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]

const problemWith = (format: Format, content: string | Uint8Array, name: string): UsageError => {
  try {
    scenarioFrom(format, { name, content }, '../targets/shop.ts')
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('is refused, with the file and its line where that is known:', () => {
  test.each<[Format, string, string, string, string]>([
    ...FORMATS.map((format): [Format, string, string, string, string] => [
      format,
      ' \n',
      'a',
      'a',
      'is empty',
    ]),
    ['k6', 'import http from "k6/http"\nexport default {', 'a.js', 'a.js:2', 'cannot be read as JavaScript'],
    ['k6', 'const a: number = ;', 'a.ts', 'a.ts', 'cannot be read as TypeScript'],
    ['k6', 'enum A { b }', 'a.ts', 'a.ts', 'cannot be read as TypeScript'],
    ['k6', 'export default () => {}', 'a.js', 'a.js', 'holds no request'],
    ['k6', sample('shop.postman.json'), 'a.json', 'a.json:2', 'cannot be read as JavaScript'],
    ['artillery', 'config:\n  target: [', 'a.yml', 'a.yml:2', 'is not YAML'],
    ['artillery', 'config: {}\nscenarios: []', 'a.yml', 'a.yml', 'holds no request'],
    ['artillery', sample('shop.openapi.yaml'), 'a.yml', 'a.yml', 'is not an Artillery test'],
    ['artillery', 'config: &a { b: *a }', 'a.yml', 'a.yml', 'contains itself'],
    ['postman', '{\n"item": [', 'a.json', 'a.json', 'cut off or is not JSON'],
    ['postman', '{ "item": [], }', 'a.json', 'a.json:1', 'cut off or is not JSON'],
    ['postman', '{ "requests": [] }', 'a.json', 'a.json', 'is not a Postman collection'],
    ['openapi', '{ "swagger": "2.0", "paths": {} }', 'a.json', 'a.json', 'is written in Swagger 2.0'],
    ['openapi', sample('shop.artillery.yml'), 'a.yml', 'a.yml', 'is not an OpenAPI 3 description'],
    ['openapi', 'openapi: 3.0.0\npaths: { "/a/{b}": { get: {} } }', 'a.yml', 'a.yml', 'holds no request'],
  ])('%s: %j', (format, content, name, place, message) => {
    const problem = problemWith(format, content, name)
    expect(problem.message).toContain(message)
    expect(problem.place).toBe(place)
    expect(problem.advice).toBeTruthy()
  })

  test('bytes', () => {
    for (const format of FORMATS)
      expect(problemWith(format, Buffer.from([0xff, 0x20, 0xc3, 0x28]), 'a').message).toContain('is not text')
  })

  test('what is nested too deeply', () => {
    const deep = 20_000
    const script = `import http from 'k6/http'\nexport default () => { http.get(${'['.repeat(deep)}${']'.repeat(deep)}) }`
    expect(problemWith('k6', script, 'a.js').place).toMatch(/^a\.js/)
    const folders = `${'{"item":['.repeat(deep)}${']}'.repeat(deep)}`
    expect(problemWith('postman', folders, 'a.json').place).toBe('a.json')
  })
})

/** Values that can stand where something else is expected. */
const ANY = [null, true, 7, '', 'x', '{{x}}', [], [null], {}, { a: {} }, '__proto__']

/** The document with one of its values replaced. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  let count = 0
  return JSON.parse(JSON.stringify(value), (_, each) => (count++ === at ? by : each))
}

function countValues(value: unknown): number {
  let count = 0
  JSON.stringify(value, (_, each) => {
    count++
    return each
  })
  return count
}

test.each(['artillery', 'postman', 'openapi'] as const)('%s with any value replaced', format => {
  const value = parse(sample(SAMPLES[format]))
  const places = fc.nat(countValues(value) - 1)
  const check = fc.property(places, fc.constantFrom(...ANY), (at, by) =>
    accepted(format, JSON.stringify(replaced(value, at, by))),
  )
  fc.assert(check, { numRuns: 200 })
})

test.each(FORMATS)('%s with text cut out or put in', format => {
  const text = sample(SAMPLES[format])
  const part = fc.record({
    from: fc.nat(text.length),
    length: fc.nat(60),
    instead: fc.string({ maxLength: 4 }),
  })
  const check = fc.property(part, ({ from, length, instead }) =>
    accepted(format, text.slice(0, from) + instead + text.slice(from + length)),
  )
  fc.assert(check, { numRuns: 60 })
})

/** A text that is not a module throws a SyntaxError, and what is not a load a ZodError. */
function accepted(format: Format, content: string): void {
  try {
    expect(imported(format, content).steps.length).toBeGreaterThan(0)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
  }
}
