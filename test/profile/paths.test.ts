import { describe, expect, it } from 'vitest'
import {
  categoryOf,
  commonRoot,
  packageFolder,
  packageName,
  plainPath,
  shownPath,
} from '../../harness/profile/paths.ts'

describe('plainPath', () => {
  it.each([
    ['file:///srv/app/a%20b.js', '/srv/app/a b.js'],
    ['file:///srv/app/a.js?t=12#x', '/srv/app/a.js'],
    ['C:\\app\\a.js', 'C:/app/a.js'],
    ['node:internal/timers', 'node:internal/timers'],
    ['file://%', 'file://%'],
    ['', ''],
  ])('%s → %s', (file, plain) => {
    expect(plainPath(file)).toBe(plain)
  })
})

describe('categoryOf', () => {
  it.each([
    ['(program)', '', 0, 'v8'],
    ['(garbage collector)', '', 0, 'v8'],
    ['writeUtf8String', '', 0, 'node'],
    ['', '', 0, 'node'],
    ['emit', 'node:events', 400, 'node'],
    ['emit', 'internal/main', 4, 'node'],
    ['parse', '/srv/app/node_modules/qs/index.js', 4, 'dependency'],
    ['parse', 'node_modules/qs/index.js', 4, 'dependency'],
    ['vfs_read', '[kernel]', 0, 'node'],
    ['handle', '/srv/app/server.js', 4, 'application'],
    ['anonymous', '', 3, 'application'],
  ] as const)('%s in "%s" is %s', (name, file, line, category) => {
    expect(categoryOf(name, file, line)).toBe(category)
  })
})

describe('shownPath', () => {
  it('is relative to the common root, and packages from node_modules on', () => {
    const files = ['/srv/app/src/a.js', '/srv/app/lib/b.js', '/opt/node_modules/qs/c.js', 'node:fs', '']
    expect(commonRoot(files)).toBe('/srv/app')
    expect(files.map(file => shownPath(file, '/srv/app'))).toEqual([
      'src/a.js',
      'lib/b.js',
      'node_modules/qs/c.js',
      'node:fs',
      '',
    ])
    expect(shownPath('/srv/application/a.js', '/srv/app')).toBe('/srv/application/a.js')
  })
})

describe('the package of a file', () => {
  it.each([
    ['/srv/node_modules/qs/lib/parse.js', 'qs', '/srv/node_modules/qs'],
    ['/srv/node_modules/@koa/router/index.js', '@koa/router', '/srv/node_modules/@koa/router'],
    ['/srv/node_modules/a/node_modules/b/x.js', 'b', '/srv/node_modules/a/node_modules/b'],
    [
      '/srv/node_modules/.pnpm/@a+b@1.2.3/node_modules/@a/b/x.js',
      '@a/b',
      '/srv/node_modules/.pnpm/@a+b@1.2.3/node_modules/@a/b',
    ],
    ['C:/app/node_modules/qs/index.js', 'qs', 'C:/app/node_modules/qs'],
    ['node_modules/qs/index.js', 'qs', 'node_modules/qs'],
    ['/srv/app/server.js', '', ''],
    ['/srv/my_node_modules/qs.js', '', ''],
    ['', '', ''],
  ])('%s', (file, name, folder) => {
    expect(packageName(file)).toBe(name)
    expect(packageFolder(file)).toBe(folder)
  })
})
