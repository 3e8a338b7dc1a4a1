import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cell, clip, columns, firstNames, lastWords, visible, wrap } from '../../harness/words/text.ts'

describe('visible', () => {
  it('spells out characters that control a terminal or reverse text', () => {
    expect(visible('\u001b[31m')).toBe('\\u{1b}[31m')
    expect(visible('a\u202eb\u200bc\r\n\u009b')).toBe('a\\u{202e}b\\u{200b}c\\u{d}\\u{a}\\u{9b}')
  })

  it('disarms commands to a CI runner', () => {
    expect(visible(' ::error::x')).toBe(' :\\u{3a}error::x')
    expect(visible('x ##[command]y')).toBe('x ##\\u{5b}command]y')
    expect(visible('std::vector')).toBe('std::vector')
  })

  it('leaves letters of every script alone', () => {
    expect(visible('größer — 関数 ✓ 🙂')).toBe('größer — 関数 ✓ 🙂')
  })

  it('replaces lone surrogates, which no encoding can hold', () => {
    expect(visible('a\ud800b')).toBe('a\ufffdb')
  })

  it('is the same twice as once', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => visible(visible(text)) === visible(text)))
  })
})

describe('columns', () => {
  it('counts two for wide letters and none for combining marks', () => {
    expect(columns('関数')).toBe(4)
    expect(columns('e\u0301')).toBe(1)
    expect(columns('🙂')).toBe(2)
  })

  it('is exactly what a cell fills, whatever the text', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (s, width) => columns(cell(s, width)) === width),
    )
  })
})

describe('clip', () => {
  it('keeps both ends of a name', () => {
    expect(clip('abcdefghij', 5)).toBe('ab…ij')
    expect(clip('abcdefghij', 5, 'end')).toBe('abcd…')
    expect(clip('abc', 5)).toBe('abc')
  })
})

describe('wrap', () => {
  it('breaks between words, and inside of a word that is longer than the line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  })

  it('never exceeds the width and loses nothing but spaces', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 200 })
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (s, width) => {
        const lines = wrap(s, width)
        expect(lines.every(line => columns(line) <= width)).toBe(true)
        expect(lines.join('').replace(/\s/g, '')).toBe(s.replace(/\s/g, ''))
      }),
    )
  })
})

describe('lastWords', () => {
  const STACK = Array.from({ length: 20 }, (_, at) => `    at step ${at} (node:internal/loader:${at})`)

  it('keeps the end of the output, without empty lines', () => {
    expect(lastWords('one\n\ntwo\r\nthree\n', 2)).toEqual(['two', 'three'])
    expect(lastWords('', 5)).toEqual([])
  })

  it('keeps the error when its stack is longer than what is shown', () => {
    const printed = [
      'starting',
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find module './work.js'",
      ...STACK,
    ].join('\n')
    const shown = lastWords(printed, 8)
    expect(shown).toHaveLength(8)
    expect(shown[0]).toContain("Cannot find module './work.js'")
    expect(shown.at(-1)).toBe(STACK.at(-1))
  })

  it("keeps npm's complaint when its usage follows", () => {
    const usage = Array.from({ length: 30 }, (_, at) => `npm error [--option-${at}]`)
    const complaint = ['npm error code EUSAGE', 'npm error The lockfile is out of sync.']
    expect(lastWords([...complaint, ...usage].join('\n'), 25).join('\n')).toContain('out of sync')
  })
})

describe('firstNames', () => {
  it('shows the first names, and how many more there are', () => {
    expect(firstNames(['a', 'b'], 2)).toBe('a, b')
    expect(firstNames(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
  })
})
