/** A base that runs code of the working tree: the run ends after one round and names the code. */
import { realpath } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { flamegate } from './flamegate.ts'
import { SMALLEST, service } from './project.ts'

const LIBRARY = 'export const hello = () => "Hello"\n'

/** Ways for a service to load a file of its repository by an absolute path, as through a link to the working tree. */
const SERVICES: Record<string, (root: string) => Record<string, string>> = {
  'an ES module': root => ({
    'service.js': service('response.end(hello())', `import { hello } from '${root}/lib/index.js'`),
  }),
  'a CommonJS module that the first request loads': root => ({
    'lib/index.cjs': 'exports.hello = () => "Hello"\n',
    'service.js': service(
      `response.end(require('${root}/lib/index.cjs').hello())`,
      `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)`,
    ),
  }),
  'a module of a worker thread': root => ({
    'thread.js': `import { hello } from '${root}/lib/index.js'
import { parentPort } from 'node:worker_threads'
parentPort.on('message', () => parentPort.postMessage(hello()))
`,
    'service.js': service(
      `worker.postMessage('')
  response.end((await once(worker, 'message'))[0])`,
      `import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('thread.js', import.meta.url))`,
    ),
  }),
  'a module of a worker of a cluster': root => ({
    'service.js': `import cluster from 'node:cluster'
import { createServer } from 'node:http'
if (cluster.isPrimary) cluster.fork()
else {
  const { hello } = await import('${root}/lib/index.js')
  createServer((_, response) => response.end(hello())).listen(Number(process.env.PORT), '127.0.0.1')
}
`,
  }),
}

async function projectWith(files: (root: string) => Record<string, string>) {
  const root = await realpath(await repositoryWith({}))
  await commit(root, { ...SMALLEST, 'lib/index.js': LIBRARY, ...files(root) })
  await commit(root, { 'lib/index.js': `${LIBRARY}// slower now\n` })
  return root
}

describe('a base that loads a file of the working tree', () => {
  it.each(Object.entries(SERVICES))('is not comparable: %s', async (_, files) => {
    const directory = await projectWith(files)
    const run = await flamegate(['demo.js', '--baseline', 'git:HEAD^', '--quick'], { directory })
    const { stderr } = run
    expect(run).toMatchObject({ exitCode: 3, left: [] })
    expect(stderr).toMatch(
      /✖ Not comparable: HEAD\^ \(\w+\) ran code of the working tree instead of its own: lib\/index\.c?js\.\n/,
    )
    expect(stderr).toContain('prepare')
    expect(stderr.match(/warm-up/g)?.length ?? 0).toBeLessThanOrEqual(1)
    expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  })
})
