import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonTemplate, pathTemplate, template, uriTemplate, verbatim } from '../../harness/script/template.ts'

/** Texts with many placeholders and near misses. */
const texts = fc
  .array(
    fc.oneof(fc.constantFrom('{{', '}}', '\\', 'a', '"', ' ', '{{a}}', '\\{{a}}', ':', '/'), fc.string()),
  )
  .map(parts => parts.join(''))

describe('a placeholder', () => {
  test.each([
    ['x{{a}}y', ['a'], 'x1y'],
    ['{{ a }}{{b}}', ['a', 'b'], '12'],
    ['\\{{a}}', [], '{{a}}'],
    ['\\{{ a }}{{b}}', ['b'], '{{ a }}2'],
    ['\\\\{{a}}', ['a'], '\\1'],
    ['\\\\\\{{a}}', [], '\\{{a}}'],
    ['C:\\dir {{}} {{a b}} {{a', [], 'C:\\dir {{}} {{a b}} {{a'],
  ])('in %j', (text, names, filled) => {
    const values = { a: 1, b: 2 }
    expect(template(text)).toMatchObject({ names })
    expect(template(text).fill(values)).toBe(filled)
    const json = jsonTemplate({ text, deep: [`x${text}`] })
    expect(json.names).toEqual([...names, ...names])
    expect(JSON.parse(json.fill(values))).toEqual({ text: filled, deep: [`x${filled}`] })
  })

  test('alone in a JSON text becomes the value itself, except as a key', () => {
    const { names, fill } = jsonTemplate({ id: '{{id}}', '{{id}}': '\\{{id}}', list: ['{{yes}}'] })
    expect(names).toEqual(['id', 'id', 'yes'])
    expect(fill({ id: 7, yes: true })).toBe('{"id":7,"7":"{{id}}","list":[true]}')
  })

  test('made verbatim is sent unchanged, whatever is in the text', () => {
    fc.assert(
      fc.property(texts, text => {
        const written = verbatim(text)
        for (const make of [template, uriTemplate, jsonTemplate]) expect(make(written).names).toEqual([])
        expect(template(written).fill({ a: 1 })).toBe(text)
        expect(decodeURIComponent(uriTemplate(written.toWellFormed()).fill({ a: 1 }))).toBe(
          text.toWellFormed(),
        )
        const value = { [written]: [written] }
        expect(JSON.parse(jsonTemplate(value).fill({ a: 1 }))).toEqual({ [text]: [text] })
      }),
    )
  })

  test('after a backslash is plain text, in a path too', () => {
    expect(pathTemplate('/x?q=\\{{a}}&r={{a}}').fill({ a: 'ä' })).toBe('/x?q={{a}}&r=%C3%A4')
  })

  test('is found quickly after any number of backslashes', () => {
    const text = '\\'.repeat(1_000_000)
    expect(template(text).fill({})).toBe(text)
  })
})
