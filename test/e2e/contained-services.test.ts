/** Services in containers, where podman is installed. The images are made of this machine's own files. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../harness/measure/harness/address.ts'
import { containersOf, makeImage, podman, removeImage } from '../containers.ts'
import { folderWith } from '../plan/world.ts'
import { Flamegate, printed, recordIn, send } from './flamegate.ts'

const NODE = 'flamegate-test-base'
const [PLAIN, SLOW] = ['flamegate-test-plain', 'flamegate-test-slow']

const service = (work: number) => `const { createServer } = require('node:http')
function answer() {
  let sum = 0
  for (let i = 0; i < ${work}; i++) sum += Math.sqrt(i) % 1
  return String(sum)
}
createServer((_, response) => response.end(answer())).listen(process.env.PORT ?? 3000)
`

const scenario = (variants: object, fields = "collectors: ['cpu'],") => `export default {
  target: { name: 'shop', container: {}, directory: import.meta.dirname, port: 3000 },
  variants: ${JSON.stringify(variants)},
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 400, timeout: 1_000 },
  sameAnswers: false,
  ${fields}
}
`

const containers = (): string[] => containersOf('plain', 'slow', 'one')

describe.skipIf(!podman)(
  `a service in a container${podman ? '' : ' (skipped: podman is not installed)'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'flamegate-images-'))

    beforeAll(() => {
      const start = (path: string) => [`ENTRYPOINT ${JSON.stringify([process.execPath, path])}`]
      for (const [name, work] of [
        [PLAIN, 1_000],
        [SLOW, 40_000],
      ] as const) {
        const path = join(folder, `${name}.js`)
        writeFileSync(path, service(work))
        makeImage(name, [process.execPath, path], start(path))
      }
      makeImage(NODE, [process.execPath], [`ENTRYPOINT ["${process.execPath}"]`])
    }, 60_000)

    afterAll(() => {
      for (const name of [PLAIN, SLOW, NODE]) removeImage(name)
      rmSync(folder, { recursive: true, force: true })
    })

    it('is compared by image, with its CPU time and its profile, and removed', async () => {
      const directory = await folderWith({
        'demo.js': scenario({ plain: { image: PLAIN }, slow: { image: SLOW } }),
      })
      const started = new Flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
      const ended = await started.ended()
      expect(ended).toMatchObject({ stderr: '', left: [] })
      expect(containers()).toEqual([])
      const { comparisons, frames } = printed(ended)
      expect(comparisons.find(({ metric }) => metric === 'cpu.perRequest')!.change!.estimate).toBeGreaterThan(
        0.5,
      )
      expect(frames[0]).toMatchObject({ function: 'answer', line: 2 })
      const [round] = recordIn(ended.output).rounds
      for (const { versions, timed } of round!.launches) {
        expect(versions.node).toBe(process.versions.node)
        expect(timed.cpu!.every(cpu => cpu! > 0)).toBe(true)
      }
    })

    it('is measured where it already runs, and runs on', async () => {
      const [port, container] = [await freePort(), `flamegate-test-${process.pid}`]
      const words = ['--detach', '--network', 'host', '--env', `PORT=${port}`, '--name', container]
      execFileSync(podman!, ['run', ...words, PLAIN], { stdio: 'ignore' })
      onTestFinished(() => void execFileSync(podman!, ['rm', '--force', '--time', '0', container]))
      const url = `http://127.0.0.1:${port}`
      const directory = await folderWith({
        'demo.js': scenario({ plain: { url, container } }, '').replace(
          /target: .*/,
          "target: { name: 'shop' },",
        ),
      })
      const ended = await new Flamegate(['demo.js', '--aa', '--rounds', '2', '--json'], { directory }).ended()
      expect(ended).toMatchObject({ stderr: '', left: [] })
      for (const { timed } of recordIn(ended.output).rounds.flatMap(({ launches }) => launches))
        expect(timed.cpu!.every(cpu => cpu! > 0)).toBe(true)
      expect((await fetch(url)).ok).toBe(true)
    })

    it('is built from a Dockerfile, for each side its own', async () => {
      const directory = await folderWith({
        'server.js': service(1_000),
        Dockerfile: `FROM localhost/${NODE}\nCOPY server.js /app/server.js\nCMD ["/app/server.js"]\n`,
        'demo.js': scenario({ one: {} }, 'collectors: [],').replace(
          'container: {}',
          "container: { build: 'Dockerfile' }",
        ),
      })
      const started = new Flamegate(['demo.js', '--aa', '--rounds', '2'], { directory })
      const ended = await started.ended()
      expect(ended.stderr).toMatch(/building one/)
      expect(ended).toMatchObject({ exitCode: 0, left: [] })
      removeImage('localhost/flamegate-shop-one')
    })

    it('is taken from a compose file, and reaches what it depends on', async () => {
      const directory = await folderWith({
        'server.js': `const { createServer } = require('node:http')
createServer(async (_, response) => {
  const upstream = await fetch('http://stock:' + process.env.STOCK_PORT)
  response.end(process.env.GREETING + await upstream.text())
}).listen(3000)
`,
        'stock.cjs':
          "require('node:http').createServer((_, r) => r.end(' 17')).listen(process.env.PORT, '127.0.0.1')",
        'compose.yaml': `services:
  web:
    image: localhost/${NODE}
    command: /app/server.js
    volumes: ['./server.js:/app/server.js:ro']
    environment: { GREETING: '\${WORD:-stock}' }
    ports: ['8080:3000']
    depends_on: [stock]
  stock:
    image: never-fetched
`,
        'demo.js': `export default {
  target: {
    name: 'shop', directory: import.meta.dirname, container: { compose: 'compose.yaml', service: 'web' },
    needs: { stock: { command: ['node', 'stock.cjs'] } },
  },
  variants: { one: {} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/', expect: { body: 'stock 17' } }], connections: 4 },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
}
`,
      })
      const ended = await new Flamegate(['demo.js', '--aa', '--rounds', '2'], { directory }).ended()
      expect(ended, ended.stderr).toMatchObject({ exitCode: 0, left: [] })
      expect(containers()).toEqual([])
      expect(recordIn(ended.output).rounds).toHaveLength(2)
    })

    it('leaves nothing behind when Flamegate is killed', async () => {
      const directory = await folderWith({ 'demo.js': scenario({ plain: { image: PLAIN } }) })
      const started = new Flamegate(['demo.js', '--aa', '--rounds', '2'], { directory })
      await expect.poll(() => containers().length, { timeout: 20_000 }).toBe(2)
      send(started.child.pid!, 'SIGKILL')
      expect(await started.processesLeft()).toEqual([])
      await expect.poll(containers, { timeout: 10_000 }).toEqual([])
    })

    it('whose image is not there is told so, and none is fetched', async () => {
      const directory = await folderWith({
        'demo.js': scenario({ one: { image: 'localhost/flamegate-test-missing' } }),
      })
      const ended = await new Flamegate(['demo.js', '--aa', '--quick'], { directory }).ended()
      expect(ended).toMatchObject({ exitCode: 3, left: [] })
      expect(ended.stderr).toMatch(/The image is not on this machine, and Flamegate fetches none/)
      expect(containers()).toEqual([])
    })
  },
)
