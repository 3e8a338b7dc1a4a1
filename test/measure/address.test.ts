import { expect, test } from 'vitest'
import { discard, freePort } from '../../harness/measure/harness/address.ts'

test('gives no other launch the same port until the launch has ended', async () => {
  const offers = ['1001', '1001', '1002', '1001']
  const port = () => freePort(async () => offers.shift()!)
  const [first, second] = [await port(), await port()]
  expect([first, second]).toEqual(['1001', '1002'])
  discard({ port: first, origin: '' })
  expect(await port()).toBe('1001')
})
