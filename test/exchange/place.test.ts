import { expect, test } from 'vitest'
import { labelsOf, storePlace, withLabel } from '../../harness/exchange/place.ts'

test.each([
  [
    'pyroscope:http://127.0.0.1:4040/{service_name="shop"}',
    'pyroscope',
    'http://127.0.0.1:4040',
    '{service_name="shop"}',
  ],
  [
    'parca:https://parca.example/base/{job="shop", pod=~"a.*"}',
    'parca',
    'https://parca.example/base',
    '{job="shop", pod=~"a.*"}',
  ],
  ['pyroscope:http://[::1]:4040{}', 'pyroscope', 'http://[::1]:4040', '{}'],
])('%s is a place in a store', (text, kind, address, selector) => {
  expect(storePlace(text)).toEqual({ kind, address, selector })
})

test.each(['profiles', './pyroscope', 'C:\\profiles', 'folder:profiles', 'a{b="c"}'])(
  '%s is a path',
  text => {
    expect(storePlace(text)).toBeUndefined()
  },
)

test.each([
  ['pyroscope:http://127.0.0.1:4040', 'needs a selector'],
  ['pyroscope:http://127.0.0.1:4040/{service_name=shop}', 'needs a selector'],
  ['pyroscope:127.0.0.1:4040{service_name="shop"}', 'needs an address'],
  ['pyroscope:ftp://127.0.0.1/{a="b"}', 'needs an address'],
])('%s is refused', (text, said) => {
  expect(() => storePlace(text)).toThrow(said)
})

test('a password is refused, and not repeated', () => {
  const wrong = () => storePlace('pyroscope:http://me:secret@127.0.0.1:4040/{a="b"}')
  expect(wrong).toThrow('A password does not belong on a command line')
  expect(wrong).not.toThrow('secret')
})

test('labels that are asked for by equality are known, and one can be added', () => {
  expect(labelsOf('{a="b", c=~"d.*", e="f\\"g"}')).toEqual(
    new Map([
      ['a', 'b'],
      ['e', 'f"g'],
    ]),
  )
  expect(labelsOf('{}')).toEqual(new Map())
  expect(withLabel('{}', 'pod', 'a')).toBe('{pod="a"}')
  expect(withLabel('{a="b",}', 'pod', 'x"y')).toBe('{a="b",pod="x\\"y"}')
  expect(labelsOf(withLabel('{a="b"}', 'pod', 'x"y\\'))).toEqual(
    new Map([
      ['a', 'b'],
      ['pod', 'x"y\\'],
    ]),
  )
})
