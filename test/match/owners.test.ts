import { describe, expect, it } from 'vitest'
import { matchOwners, uniteTrees } from '../../harness/match/index.ts'
import { buildCallTree, ProfileBuilder, packageFinder } from '../../harness/profile/index.ts'
import { ownerName } from '../../harness/words/owners.ts'

const SERVER = '/app/server.js'

/** A service that calls one function of each file, and the versions of its packages by their folders. */
function side(files: string[], versions: Record<string, string> = {}) {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const main = builder.stack(-1, builder.location(builder.function('main', SERVER, 1)))
  for (const file of files) {
    const stack = builder.stack(main, builder.location(builder.function('run', file, 1)))
    builder.sample(stack, [2])
    // Native and generated code work for their callers.
    const generated = builder.stack(stack, builder.location(builder.function('', '', 1)))
    builder.sample(builder.stack(generated, builder.location(builder.function('write'))), [1])
  }
  const packages = Object.entries(versions).map(([folder, spec]) => {
    const [, name, version] = /^(.+)@(.*)$/.exec(spec)!
    return { folder, name: name!, ...(version && { version }) }
  })
  return { tree: buildCallTree([builder.build()]), packageOf: packageFinder(packages) }
}

/** `name: cost before → cost after` of every owner with a cost. */
function owners(before: ReturnType<typeof side>, after: ReturnType<typeof side>): string[] {
  const tree = uniteTrees(before.tree, after.tree)
  const found = matchOwners(tree, { before: before.packageOf, after: after.packageOf })
  return found.rows.flatMap((row, at) => {
    const cost = (which: 'before' | 'after', column: number) =>
      tree.self[column]!.reduce((all, value, node) => (found[which][node] === at ? all + value : all), 0)
    const [was, is] = [cost('before', 0), cost('after', 1)]
    return was + is > 0 ? [`${ownerName(row)}: ${was} → ${is}`] : []
  })
}

const A = '/a/node_modules'
const B = '/b/node_modules'

describe('the owners of both sides', () => {
  it('are one package whose version has changed', () => {
    const before = side([`${A}/jwt/verify.js`], { [`${A}/jwt`]: 'jwt@8.5.1' })
    const after = side([`${B}/jwt/verify.js`, `${B}/jwt/sign.js`], { [`${B}/jwt`]: 'jwt@9.0.2' })
    expect(owners(before, after)).toEqual(['jwt 8.5.1 → 9.0.2: 3 → 6'])
  })

  it('are two packages where one side has two copies', () => {
    const copies = { [`${A}/debug`]: 'debug@2.6.9', [`${A}/koa/node_modules/debug`]: 'debug@4.3.4' }
    const files = Object.keys(copies).map(folder => `${folder}/index.js`)
    expect(owners(side(files, copies), side(files, copies))).toEqual([
      'debug@2.6.9: 3 → 3',
      'debug@4.3.4: 3 → 3',
    ])
  })

  it('keep their costs apart where a copy took the place of another one', () => {
    const before = side([`${A}/debug/index.js`, `${A}/koa/node_modules/debug/other.js`], {
      [`${A}/debug`]: 'debug@2.6.9',
      [`${A}/koa/node_modules/debug`]: 'debug@4.3.4',
    })
    const after = side([`${B}/debug/index.js`], { [`${B}/debug`]: 'debug@4.3.4' })
    expect(owners(before, after)).toEqual(['debug@4.3.4: 3 → 3', 'debug@2.6.9: 3 → 0'])
  })

  it('are paired by equal versions first, and then only where one is left on each side', () => {
    const [x, y, z] = ['debug', 'koa/node_modules/debug', 'k/node_modules/debug']
    const files = (root: string) => [x, y, z].map(folder => `${root}/${folder}/${folder!.length}.js`)
    const versions = (root: string, ...of: string[]) =>
      Object.fromEntries([x, y, z].map((folder, at) => [`${root}/${folder}`, `debug@${of[at]}`]))
    const named = (before: string[], after: string[]) =>
      owners(side(files(A), versions(A, ...before)), side(files(B), versions(B, ...after))).map(
        row => row.split(':')[0],
      )
    expect(named(['1.0.0', '2.0.0', '3.0.0'], ['3.0.0', '2.0.0', '4.0.0'])).toEqual([
      'debug@2.0.0',
      'debug@3.0.0',
      'debug 1.0.0 → 4.0.0',
    ])
    expect(named(['1.0.0', '2.0.0', '3.0.0'], ['1.0.0', '5.0.0', '4.0.0'])).toEqual([
      'debug@1.0.0',
      'debug@2.0.0',
      'debug@3.0.0',
      'debug@5.0.0',
      'debug@4.0.0',
    ])
  })

  it('have the name of the package, not that of the folder of an alias', () => {
    const before = side([`${A}/zod/index.js`], { [`${A}/zod`]: 'zod@3.25.76' })
    const after = side([`${B}/zod4/index.js`], { [`${B}/zod4`]: 'zod@4.1.0' })
    expect(owners(before, after)).toEqual(['zod 3.25.76 → 4.1.0: 3 → 3'])
  })

  it('have no version where a side does not know it', () => {
    const old = side([`${A}/@koa/router/index.js`])
    const today = side([`${B}/@koa/router/index.js`], { [`${B}/@koa/router`]: '@koa/router@13.1.1' })
    expect(owners(old, old)).toEqual(['@koa/router: 3 → 3'])
    expect(owners(old, today)).toEqual(['@koa/router: 3 → 3'])
    expect(owners(side([]), today)).toEqual(['@koa/router@13.1.1: 0 → 3'])
  })

  it('do not mix up a package that is called like a part of the process', () => {
    const packaged = side([`${A}/application/index.js`, `${A}/kernel/index.js`])
    const own = side([SERVER, '[kernel]'])
    expect(owners(packaged, own).toSorted()).toEqual([
      'application: 0 → 3',
      'application: 3 → 0',
      'kernel: 0 → 3',
      'kernel: 3 → 0',
    ])
  })
})
