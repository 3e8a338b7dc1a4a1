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

  it('finds the same version of a package that is there twice, even where the two have swapped places', () => {
    const [top, nested] = ['node_modules/uri/index.js', 'node_modules/ajv/node_modules/uri/index.js']
    const before = [`/a/${top}`, `/a/${nested}`]
    const after = [`/b/${top}`, `/b/${nested}`]
    const swapped = Object.fromEntries([
      [before[0], after[1]],
      [before[1], after[0]],
    ])
    const marks = (place: string) => (file: string) =>
      new Set(file.includes(place) ? ['parse 1', 'format 9'] : ['parse 4', 'format 20'])
    const found = (b: string[]) =>
      Object.fromEntries(
        pairFiles(before, b, { before: marks('/ajv/'), after: marks('/b/node_modules/uri') }),
      )
    expect(found(after)).toEqual(swapped)
    expect(found(after.toReversed())).toEqual(swapped)
    // Where the functions say nothing, the place does.
    expect(pairs(before, after.toReversed())).toEqual(
      Object.fromEntries(before.map((a, at) => [a, after[at]])),
    )
    expect(pairs(before, [`/b/${nested}`])).toEqual({ [before[1]!]: after[1] })
  })

  it('pairs each package of a folder, whatever the others do', () => {
    const files = ['qs/lib/parse.js', 'ms/index.js', 'qs/lib/utils.js'].map(file => `node_modules/${file}`)
    expect(
      pairs(
        files.map(file => `/a/${file}`),
        files.map(file => `/b/c/${file}`),
      ),
    ).toEqual(Object.fromEntries(files.map(file => [`/a/${file}`, `/b/c/${file}`])))
  })

  it('pairs equal paths first, and each file at most once', () => {
    expect(pairs(['/a/x.js', '/b/x.js', ''], ['/b/x.js', ''])).toEqual({ '/b/x.js': '/b/x.js', '': '' })
    expect(pairs(['/a/x.js'], ['/b/y.js'])).toEqual({})
  })
})
