import { expect, test } from 'vitest'
import { lastWords } from '../../harness/words/last-words.ts'

const STACK = Array.from({ length: 20 }, (_, at) => `    at step ${at} (node:internal/loader:${at})`)

test('the end of what was printed, without empty lines', () => {
  expect(lastWords('one\n\ntwo\r\nthree\n', 2)).toEqual(['two', 'three'])
  expect(lastWords('', 5)).toEqual([])
})

test('the error stays when its stack is longer than what is shown', () => {
  const printed = ['starting', "Error [ERR_MODULE_NOT_FOUND]: Cannot find module './work.js'", ...STACK].join(
    '\n',
  )
  const shown = lastWords(printed, 8)
  expect(shown).toHaveLength(8)
  expect(shown[0]).toContain("Cannot find module './work.js'")
  expect(shown.at(-1)).toBe(STACK.at(-1))
})

test('what npm complains of stays when it goes on with its usage', () => {
  const usage = Array.from({ length: 30 }, (_, at) => `npm error [--option-${at}]`)
  const complaint = ['npm error code EUSAGE', 'npm error The lockfile is out of sync.']
  expect(lastWords([...complaint, ...usage].join('\n'), 25).join('\n')).toContain('out of sync')
})
