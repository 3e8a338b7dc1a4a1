import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { TokenGate } from '../../harness/probe/token.cjs'
import { runCli } from './host.ts'

const FLAMEGATE_SECRET = 'not for production'
const setting = (environment: Record<string, string>) => ({ directory: tmpdir(), environment })

test('a token is good for its request', async () => {
  const { out, code } = await runCli(['token', '/orders', '--method', 'post'], setting({ FLAMEGATE_SECRET }))
  expect(code).toBe(0)
  const gate = new TokenGate(FLAMEGATE_SECRET)
  expect(gate.refusal({ token: out.trim(), method: 'POST', path: '/orders' })).toBeUndefined()
})

test.each([
  [['token', '/orders'], {}, 'no secret'],
  [['token', 'orders'], { FLAMEGATE_SECRET }, 'is not the path of a request'],
  [['token', '/orders?id=1'], { FLAMEGATE_SECRET }, 'is not the path of a request'],
  [['token', '/orders', '--valid', '1h'], { FLAMEGATE_SECRET }, '1 s to 10 min'],
])('%j with %j is refused', async (args, environment, said) => {
  const { err, code } = await runCli(args, setting(environment))
  expect(code).toBe(2)
  expect(err).toContain(said)
})
