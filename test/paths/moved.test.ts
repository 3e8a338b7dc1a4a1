import { describe, expect, test } from 'vitest'
import { movedEnvironment, mover } from '../../harness/paths/moved.ts'

const FROM = { repository: '/srv/app', spellings: ['/home/ada/link'], folder: '/srv/.base' }

describe('a path to the repository', () => {
  test.each([
    ['/srv/app', '/srv/.base'],
    ['/srv/app/', '/srv/.base/'],
    ['/srv/app/lib:/srv/app:/usr/lib', '/srv/.base/lib:/srv/.base:/usr/lib'],
    [
      '--require=/srv/app/.pnp.cjs --import /srv/app/a.js',
      '--require=/srv/.base/.pnp.cjs --import /srv/.base/a.js',
    ],
    ['-r/srv/app/a.js', '-r/srv/.base/a.js'],
    ['file:///srv/app/a.js', 'file:///srv/.base/a.js'],
    ['cd "/srv/app" && node .', 'cd "/srv/.base" && node .'],
    ['cd /srv/app; node .', 'cd /srv/.base; node .'],
    ["['/srv/app','/srv/app/a']", "['/srv/.base','/srv/.base/a']"],
    ['/home/ada/link/a.js', '/srv/.base/a.js'],
    ['C:\\x;/srv/app\\a', 'C:\\x;/srv/.base\\a'],
  ])('%s leads into the checkout', (text, moved) => {
    expect(mover(FROM)(text)).toBe(moved)
  })

  test.each([
    '/srv/app-old/a.js',
    '/srv/app.bak',
    '/mnt/srv/app/a.js',
    'src/srv/app/a.js',
    './srv/app/a.js',
    'http://host/srv/app/a.js',
    '/srv/application',
    'srv/app',
    '',
  ])('%j is none', text => {
    expect(mover(FROM)(text)).toBe(text)
  })

  test('is found in a URL with spaces and accents, and with special characters of a pattern', () => {
    const move = mover({ repository: '/srv/my äpp (1)+', folder: '/srv/new one' })
    expect(move('file:///srv/my%20%C3%A4pp%20(1)+/a.js')).toBe('file:///srv/new%20one/a.js')
    expect(move('/srv/my äpp (1)+/a.js')).toBe('/srv/new one/a.js')
    expect(mover({ repository: '/srv/a', folder: '/srv/$&$1' })('/srv/a/b')).toBe('/srv/$&$1/b')
  })
})

test('variables that lead to code are rewritten, and those that name data are not', () => {
  const environment = {
    PATH: '/srv/app/node_modules/.bin:/bin',
    NODE_PATH: '/srv/app/lib',
    PWD: '/home/ada/link',
    DATABASE: '/srv/app/dev.db',
    HOME: undefined,
  }
  expect(movedEnvironment(environment, FROM)).toEqual({
    PATH: '/srv/.base/node_modules/.bin:/bin',
    NODE_PATH: '/srv/.base/lib',
    PWD: '/srv/.base',
    DATABASE: '/srv/app/dev.db',
    HOME: undefined,
  })
})
