import { expect, test } from 'vitest'
import type { Context } from '../../../validate/experiment.ts'
import { tried } from '../../../validate/truth.ts'

test('a pair that cannot be measured is a missed target with the reason, and does not end the suite', async () => {
  const pair = { package: '../strange', before: '1.0.0', after: '1.1.0', kind: 'text', service: 'x' } as const
  const context: Context = {
    quick: true,
    folder: '/nowhere',
    flags: undefined as unknown as Context['flags'],
    signal: new AbortController().signal,
  }
  expect(await tried(pair, context)).toEqual({
    name: '../strange 1.0.0 → 1.1.0: measured',
    value: expect.stringMatching(/code 2: .*is not the name of a package with its version/),
    bound: 'both ways',
    met: false,
  })
})
