import { expect, test } from 'vitest'
import type { WaitCause } from '../../harness/model/waits.ts'
import { nameOf } from '../../harness/waits/names.ts'

const frame = (file: string) => ({ name: 'load', file, line: 3, startLine: 1, startColumn: 1 })
const APP = frame('/app/orders.js')
const inPackage = (name: string) => [frame(`/app/node_modules/${name}/lib/index.js`), APP]

test.each<[string, WaitCause, ReturnType<typeof frame>[], string]>([
  [
    'a package that speaks one protocol',
    { kind: 'socket', peer: '127.0.0.1:7777' },
    inPackage('ioredis'),
    '[waiting for Redis]',
  ],
  ['a well-known port', { kind: 'socket', peer: '10.0.0.3:5432' }, [APP], '[waiting for PostgreSQL]'],
  ['neither', { kind: 'socket', peer: '10.0.0.3:7777' }, [APP], '[waiting for a socket 10.0.0.3:7777]'],
  [
    'a pool of connections',
    { kind: 'another request' },
    inPackage('pg-pool'),
    '[waiting for a pooled connection]',
  ],
  ['a lock', { kind: 'another request' }, [APP], '[waiting for another request]'],
  ['an origin', { kind: 'http', peer: '127.0.0.1:80' }, [APP], '[waiting for HTTP 127.0.0.1:80]'],
  ['what the service needs', { kind: 'http', peer: '127.0.0.1:4001' }, [APP], '[waiting for rates (HTTP)]'],
  [
    'one of two databases',
    { kind: 'socket', peer: '127.0.0.1:4002' },
    inPackage('pg'),
    '[waiting for stock (PostgreSQL)]',
  ],
  [
    'a connection to it',
    { kind: 'connect', peer: '::1:4002' },
    inPackage('pg'),
    '[waiting for a connection to stock]',
  ],
  ['a connection', { kind: 'connect' }, [APP], '[waiting for a connection]'],
  ['a kind that is new', { kind: 'unknown' }, [APP], '[waiting, unknown for what]'],
])('%s is called by its name', (_, cause, frames, name) => {
  expect(nameOf('wait', cause, { frames }, { 4001: 'rates', 4002: 'stock' })).toBe(name)
})

test('a client whose own code does not wait is recognised by what reads the answer', () => {
  const cause = { kind: 'socket', peer: '127.0.0.1:7777' }
  const reader = [...inPackage('standard-as-callback'), ...inPackage('ioredis')]
  expect(nameOf('wait', cause, { frames: [APP], reader })).toBe('[waiting for Redis]')
  expect(nameOf('wait', { kind: 'another request' }, { frames: [APP], reader: inPackage('pg-pool') })).toBe(
    '[waiting for another request]',
  )
})
