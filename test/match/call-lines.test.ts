import { expect, test } from 'vitest'
import { lineOfCall } from '../../harness/match/index.ts'
import { LINE_WIDTH } from '../../harness/model/record.ts'

/** The line of the call of `name` in a function that begins where the text has `§`, in line 10 of its file. */
function lineIn(text: string, name = 'check'): number | undefined {
  const [first] = text.split('\n')
  const column = first!.indexOf('§') + 1
  return lineOfCall({ file: '/a.js', from: 10, column, lines: text.replace('§', '').split('\n') }, name)
}

test.each([
  ['a function', 'return get(h, function §(err, key) {\n  x\n  key = check(key)\n})', 12],
  ['a function with its keyword', 'return get(h, §function(err, key) {\n  key = check(key)\n})', 11],
  ['an async function', 'async function a§(key) {\n  await check(key)\n}', 11],
  ['a generator', 'function* a§(key) {\n  yield check(key)\n}', 11],
  ['a method', '  verify§(key) {\n    return lib.check(key)\n  }\n  other() {}', 11],
  ['a private method', '  verify§(key) {\n    return this.#check(key)\n  }', 11],
  ['a method with super', '  check§(key) {\n    return super.check(key)\n  }', 11],
  ['an arrow function', 'use(§(req) => check(req.body), 3)', 10],
  ['an arrow function with a block', 'use(§req => {\n  return check?.(req)\n})', 11],
  ['a constructor', 'function a§(key) {\n  return new lib.check(key)\n}', 11],
  [
    'one whose name is also in a comment, a text and a pattern',
    'f§() {\n  // check(\n  "check(" + /check(x)/\n  check()\n}',
    13,
  ],
  ['one that is also called after the function', '§() => { check() }, check(), check()', 10],
])('finds the only call in %s', (_, text, line) => {
  expect(lineIn(text)).toBe(line)
})

test('knows a method by its last name', () => {
  expect(lineIn('§() => schema.parse(x)', 'inst.parse')).toBe(10)
})

test.each([
  ['several calls', '§() => {\n  check()\n  check()\n}'],
  ['no call', '§() => {\n  run()\n}'],
  ['a function of that name', '§() => {\n  const o = { check(x) {} }\n  o.run(1)\n}'],
  ['another name that ends alike', '§() => recheck()'],
  ['only a mention', '§() => { const run = check; run() }'],
  ['a call in a function inside', '§() => {\n  list.map(it => check(it))\n}'],
  ['a text that ends before the function does', '§() => {\n  check()'],
  ['a text that is not JavaScript', '§() => {\n  check() :: 3\n}'],
  ['a line that was cut', `§() => {\n  check()\n  ${'x'.repeat(LINE_WIDTH)}\n}`],
  ['nothing', ''],
])('does not guess: %s', (_, text) => {
  expect(lineIn(text)).toBeUndefined()
})

test.each(['(anonymous 3:1)', '(anonymous)', 'get check', ''])('does not guess the name %j', name => {
  expect(lineIn('§() => { anonymous(); check(); get() }', name)).toBeUndefined()
})
