import { expect, test } from 'vitest'
import { readLabels, readName } from '../../harness/serve/labels.ts'

test.each([
  ['shop', { service: 'shop', version: '', labels: {} }],
  ['shop{}', { service: 'shop', version: '', labels: {} }],
  ['shop{version=1.4,pod=a}', { service: 'shop', version: '1.4', labels: { pod: 'a' } }],
  ['shop{ pod = "a b" , __session_id__=7}', { service: 'shop', version: '', labels: { pod: 'a b' } }],
  ['shop{service_version=2,version=1}', { service: 'shop', version: '1', labels: { service_version: '2' } }],
])('%s', (name, read) => {
  expect(readName(name)).toEqual(read)
})

test.each(['', '{version=1}', 'shop{version}', 'shop{=1}', `shop{a=${'x'.repeat(2_000)}}`])(
  '%s is refused',
  name => {
    expect(() => readName(name)).toThrow()
  },
)

test('labels in any number are refused', () => {
  const many = Array.from({ length: 1_000 }, (_, at): [string, string] => [`l${at}`, 'x'])
  expect(() => readLabels([['service_name', 'shop'], ...many])).toThrow('more than 64 labels')
})
