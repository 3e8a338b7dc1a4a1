import { describe, expect, it } from 'vitest'
import { pairFiles } from '../../harness/match/files.ts'

describe('pairFiles', () => {
  const pairs = (before: string[], after: string[]) => Object.fromEntries(pairFiles(before, after))

  it('prefers the root that explains most files', () => {
    const files = ['routes/index.js', 'lib/index.js', 'server.js']
    const before = files.map(file => `/srv/one/${file}`)
    const after = files.map(file => `/home/me/two/${file}`).reverse()
    expect(pairs(before, after)).toEqual(
      Object.fromEntries(files.map(file => [`/srv/one/${file}`, `/home/me/two/${file}`])),
    )
  })

  it('finds packages wherever they are installed', () => {
    const before = ['/a/node_modules/.pnpm/qs@6/node_modules/qs/lib/parse.js']
    expect(pairs(before, ['/b/deep/node_modules/qs/lib/parse.js', '/b/lib/parse.js'])).toEqual({
      [before[0]!]: '/b/deep/node_modules/qs/lib/parse.js',
    })
  })

  it('pairs equal paths first, and each file at most once', () => {
    expect(pairs(['/a/x.js', '/b/x.js', ''], ['/b/x.js', ''])).toEqual({ '/b/x.js': '/b/x.js', '': '' })
    expect(pairs(['/a/x.js'], ['/b/y.js'])).toEqual({})
  })
})
