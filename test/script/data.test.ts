import { describe, expect, test } from 'vitest'
import { parseRows } from '../../harness/script/index.ts'

describe('rows of a file', () => {
  test('are read from CSV with quotes, line breaks, a byte order mark and Windows line ends', () => {
    const text = '\uFEFFid,name\r\n1,"Ada, ""the first"""\r\n\r\n2,"two\nlines"\r\n'
    expect(parseRows(text, 'a.csv')).toEqual([
      { id: '1', name: 'Ada, "the first"' },
      { id: '2', name: 'two\nlines' },
    ])
  })

  test('keep their types in JSON lines', () => {
    expect(parseRows('{"id": 1}\n\n{"id": "2", "yes": true}\n', 'a.jsonl')).toEqual([
      { id: 1 },
      { id: '2', yes: true },
    ])
  })

  test.each([
    ['', 'a.csv', /no rows/],
    ['id,name\n', 'a.csv', /no rows/],
    ['id,name\n1\n', 'a.csv', /1 fields; the header has 2/],
    ['', 'a.jsonl', /no rows/],
    ['{"a": 1}\n{"a": [1]}\n', 'a.jsonl', /not a JSON object/],
    ['{"a": 1', 'a.jsonl', /not a JSON object/],
  ])('are refused: %j in %s', (text, path, message) => {
    expect(() => parseRows(text, path)).toThrow(message)
  })
})
