/** What an agent says is loaded, in a real process, worker threads and workers of a cluster. */
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Agent } from '../../harness/measure/driver/agent/server.ts'
import { folderWith } from '../plan/world.ts'
import { targetWithAgent } from './target.ts'

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

/** Agents of a program that prints a line when it has loaded all, with the URL of a name in its folder. */
async function loadedBy(files: Record<string, string>, main: string, threads = 1, options: string[] = []) {
  const folder = realpathSync(await folderWith(files))
  const target = await targetWithAgent({ args: [...options, join(folder, main)] })
  stop = target.stop
  await once(target.child.stdout, 'data')
  while (target.server.of('secret').length < threads) await new Promise(resolve => setImmediate(resolve))
  const agents: Agent[] = target.server.of('secret')
  return { agents, urlOf: (name: string) => pathToFileURL(join(folder, name)).href }
}

const READY = "console.log('ready'); setInterval(() => {}, 1_000)"

describe('files that are loaded', () => {
  it.each(['main.mjs', 'main.cjs'])('%s: both kinds of module, lazy ones, data', async main => {
    const { agents, urlOf } = await loadedBy(
      {
        'main.mjs': `import './eager.mjs'; import './one.cjs'; await import('./lazy.mjs'); ${READY}`,
        'main.cjs': `require('./one.cjs'); import('./eager.mjs').then(() => import('./lazy.mjs')).then(() => { ${READY} })`,
        'eager.mjs': 'export const a = () => 1',
        'lazy.mjs': 'export const b = () => 1',
        'one.cjs': "exports.data = require('./data.json'); exports.c = () => 1",
        'data.json': '{}',
        'never.mjs': '',
      },
      main,
    )
    const { loaded } = await agents[0]!.scripts([])
    const wanted = [main, 'eager.mjs', 'lazy.mjs', 'one.cjs', 'data.json'].map(urlOf)
    expect(loaded.toSorted()).toEqual(wanted.toSorted())
  })

  it.each([
    [
      'a worker thread',
      "import { Worker } from 'node:worker_threads'; new Worker(new URL('work.mjs', import.meta.url))",
    ],
    [
      'a worker of a cluster',
      "import cluster from 'node:cluster'; cluster.setupPrimary({ exec: import.meta.dirname + '/work.mjs' }); cluster.fork()",
    ],
  ])('of %s are its own', async (_, main) => {
    const { agents, urlOf } = await loadedBy(
      { 'main.mjs': main, 'work.mjs': `import './only.mjs'; ${READY}`, 'only.mjs': 'export const a = 1' },
      'main.mjs',
      2,
    )
    const scripts = await Promise.all(agents.map(agent => agent.scripts([])))
    // Either may have connected first.
    const loaded = scripts.map(of => of.loaded.toSorted()).toSorted((a, b) => a.length - b.length)
    expect(loaded).toEqual([[urlOf('main.mjs')], [urlOf('only.mjs'), urlOf('work.mjs')]])
  })

  it('are none that a comment only names', async () => {
    const { agents, urlOf } = await loadedBy(
      {
        'main.mjs': `globalThis.kept = (0, eval)('() => 1\\n//# sourceURL=' + new URL('other.mjs', import.meta.url)); ${READY}`,
      },
      'main.mjs',
    )
    expect((await agents[0]!.scripts([])).loaded).toEqual([urlOf('main.mjs')])
  })

  it('are those that a module in a `data:` URL was made from', async () => {
    const { agents, urlOf } = await loadedBy(
      {
        'main.mjs': `const sources = [import.meta.dirname + '/made.ts', 'webpack://x']
const map = 'data:application/json;base64,' + btoa(JSON.stringify({ version: 3, sources, names: [], mappings: '' }))
await import('data:text/javascript,' + encodeURIComponent('export const a = 1\\n//# sourceMappingURL=' + map)); ${READY}`,
      },
      'main.mjs',
    )
    expect((await agents[0]!.scripts([])).loaded).toEqual([urlOf('main.mjs'), urlOf('made.ts')])
  })

  it('can be asked for again, and profiled afterwards', async () => {
    const { agents, urlOf } = await loadedBy({ 'main.mjs': READY }, 'main.mjs')
    for (let turn = 0; turn < 2; turn++)
      expect((await agents[0]!.scripts([])).loaded).toEqual([urlOf('main.mjs')])
    await agents[0]!.post('Profiler.enable')
    await agents[0]!.post('Profiler.start')
    expect(await agents[0]!.post('Profiler.stop')).toHaveProperty('profile.nodes')
  })
})

describe('scripts under a URL', () => {
  const scriptsOf = async (name: string, text: string, options?: string[]) => {
    const { agents, urlOf } = await loadedBy({ [name]: text }, name, 1, options)
    const { scripts } = await agents[0]!.scripts([urlOf(name)])
    return scripts.map(({ url, ...rest }) => ({ ...rest, same: url === urlOf(name) }))
  }

  it.each(['main.mjs', 'main.cjs'])('%s as it is on the disk has no text', async name => {
    expect(await scriptsOf(name, `#!/usr/bin/env node\r\n// é\r\n${READY}`)).toEqual([
      { same: true, asOnDisk: true },
    ])
    expect(await scriptsOf(name, `\uFEFF${READY}`)).toEqual([{ same: true, asOnDisk: true }])
  })

  it('has the text that Node has made of types', async () => {
    const [script] = await scriptsOf('main.mts', `interface A { a: string }\n${READY}`)
    expect(script).toMatchObject({ asOnDisk: false, text: expect.stringContaining(READY) })
    expect(script!.text).not.toContain('interface')
  })

  it('has the map that it carries', async () => {
    const map = `data:application/json;base64,${Buffer.from('{}').toString('base64')}`
    expect(await scriptsOf('main.mjs', `${READY}\n//# sourceMappingURL=${map}\n`)).toEqual([
      { same: true, asOnDisk: true, map },
    ])
  })

  it('has no text where its lines are counted from elsewhere', async () => {
    const text = `const { runInThisContext } = require('node:vm'); globalThis.kept = runInThisContext('() => 1', { filename: __filename, lineOffset: 7 }); ${READY}`
    const scripts = await scriptsOf('main.cjs', text)
    expect(scripts).toHaveLength(2)
    expect(scripts).toContainEqual({ same: true, asOnDisk: false })
  })
})
