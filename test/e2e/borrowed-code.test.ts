/** A base that runs code of the working tree, as a user meets it: the run ends after one round and says which. */
import { realpath } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { flamegate, left } from './flamegate.ts'
import { SMALLEST } from './smallest.ts'

const LIBRARY = 'export const hello = () => "Hello"\n'

/** Ways in which a service comes to a file of its repository by an absolute path, as through a link to the working tree. */
const SERVICES: Record<string, (root: string) => Record<string, string>> = {
  'an ES module': root => ({
    'service.js': `import { createServer } from 'node:http'
import { hello } from '${root}/lib/index.js'
createServer((_, response) => response.end(hello())).listen(Number(process.env.PORT), '127.0.0.1')
`,
  }),
  'a CommonJS module that is loaded by the first request': root => ({
    'lib/index.cjs': 'exports.hello = () => "Hello"\n',
    'service.js': `import { createServer } from 'node:http'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
createServer((_, response) => response.end(require('${root}/lib/index.cjs').hello())).listen(Number(process.env.PORT), '127.0.0.1')
`,
  }),
  'a module of a worker thread': root => ({
    'thread.js': `import { hello } from '${root}/lib/index.js'
import { parentPort } from 'node:worker_threads'
parentPort.on('message', () => parentPort.postMessage(hello()))
`,
    'service.js': `import { createServer } from 'node:http'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('thread.js', import.meta.url))
createServer(async (_, response) => {
  worker.postMessage('')
  response.end((await once(worker, 'message'))[0])
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
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

async function projectWith(service: (root: string) => Record<string, string>) {
  const root = await realpath(await repositoryWith({}))
  await commit(root, { ...SMALLEST, 'lib/index.js': LIBRARY, ...service(root) })
  await commit(root, { 'lib/index.js': `${LIBRARY}// slower now\n` })
  return root
}

describe('a base that loads a file of the working tree', () => {
  it.each(Object.entries(SERVICES))('%s: not comparable', async (_, service) => {
    const root = await projectWith(service)
    const { child, output } = flamegate(['demo.js', '--baseline', 'git:HEAD^', '--quick'], root)
    const { exitCode, stderr } = await child
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 })
    expect(stderr).toMatch(
      /✖ Not comparable: HEAD\^ \(\w+\) ran code of the working tree instead of its own: lib\/index\.c?js\.\n/,
    )
    expect(stderr).toContain('prepare')
    expect(stderr.match(/warm-up/g)?.length ?? 0).toBeLessThanOrEqual(1)
    expect(left(output)).toEqual([])
    expect(git(root, 'worktree', 'list').split('\n')).toHaveLength(1)
  })
})
