import { describe, expect, test } from 'vitest'
import { refuseWatcher } from '../../harness/plan/watchers.ts'

const refuse = (command: string) => () => refuseWatcher(command.split(' '), '/shop/scenario.ts')

describe('a command that starts the service again when a file changes', () => {
  test.each([
    ['nodemon server.js', 'nodemon'],
    ['node_modules/.bin/ts-node-dev src/a.ts', 'ts-node-dev'],
    ['node --watch server.js', '--watch'],
    ['/usr/bin/node --watch-path=src server.js', '--watch-path=src'],
    ['tsx watch src/a.ts', 'watch'],
    ['node_modules/.bin/nest start --watch', '--watch'],
    ['next dev', 'dev'],
    ['bun --hot server.ts', '--hot'],
  ])('%s is refused for `%s`', (command, word) => {
    expect(refuse(command)).toThrow(`started with \`${word}\`, which starts it again`)
  })
})

test.each([
  'node server.js',
  'node watch.js --dev',
  'tsx src/watch.ts',
  'next start',
  'nest start',
  'npm run dev',
])('%s is taken', command => {
  expect(refuse(command)).not.toThrow()
})
