/**
 * Services on another machine, which here is a network namespace: it has an address of its own, and nothing else can reach it. Needs root
 * and `ip`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flamegate, printed } from './flamegate.ts'
import { SHORT, STEPS } from './project.ts'

const NAMESPACE = `flamegate-${process.pid}`
/** The two ends of the cable, and their addresses, in a range that is kept for tests (RFC 5737). */
const [OUR_END, THEIR_END] = [`fgo${process.pid}`, `fgt${process.pid}`]
const [US, THEM] = ['203.0.113.1', '203.0.113.2']
const RATE = 40

const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' })

/** Makes the other machine. @returns whether that is possible here */
function connect(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    ip('netns', 'add', NAMESPACE)
    ip('link', 'add', OUR_END, 'type', 'veth', 'peer', 'name', THEIR_END, 'netns', NAMESPACE)
    ip('address', 'add', `${US}/30`, 'dev', OUR_END)
    ip('link', 'set', OUR_END, 'up')
    ip('-n', NAMESPACE, 'address', 'add', `${THEM}/30`, 'dev', THEIR_END)
    ip('-n', NAMESPACE, 'link', 'set', THEIR_END, 'up')
    return true
  } catch {
    disconnect()
    return false
  }
}

/** The cable goes with the namespace. */
function disconnect(): void {
  try {
    ip('netns', 'delete', NAMESPACE)
  } catch {
    // There is none.
  }
}

const isPossible = connect()

/** Says at `/most` how many requests it has had in one second at most, and takes the time that DELAY says. */
const SERVER = `import { createServer } from 'node:http'
const seconds = new Map()
createServer((request, response) => {
  if (request.url === '/most') return response.end(String(Math.max(0, ...seconds.values())))
  const second = Math.floor(performance.now() / 1000)
  seconds.set(second, (seconds.get(second) ?? 0) + 1)
  setTimeout(() => response.end('Hello'), Number(process.env.DELAY))
}).listen(Number(process.env.PORT), '${THEM}', () => console.log('listening'))
`

const SCENARIO = `export default {
  target: { name: 'shop' },
  variants: { blue: { url: 'http://${THEM}:8080' }, green: { url: 'http://${THEM}:8081' } },
  load: { ${STEPS}, rate: ${RATE}, arrivals: 'constant', connections: 2 },
  ${SHORT}
}
`

describe.skipIf(!isPossible)(
  `a service on another machine${isPossible ? '' : ' (skipped: needs root and ip)'}`,
  () => {
    const started: ChildProcess[] = []
    let directory = ''

    async function start(file: string, port: number, delay: number) {
      const child = spawn('ip', ['netns', 'exec', NAMESPACE, process.execPath, file], {
        env: { ...process.env, PORT: String(port), DELAY: String(delay) },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      started.push(child)
      await once(child.stdout, 'data')
    }

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'flamegate-remote-'))
      writeFileSync(join(directory, 'server.mjs'), SERVER)
      writeFileSync(join(directory, 'demo.js'), SCENARIO)
      await start(join(directory, 'server.mjs'), 8080, 5)
      await start(join(directory, 'server.mjs'), 8081, 10)
    })

    afterAll(async () => {
      for (const child of started) {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      disconnect()
      rmSync(directory, { recursive: true, force: true })
    })

    it('gets nothing unless it is asked for', async () => {
      const run = await flamegate(['demo.js', '--rounds', '2'], { directory })
      expect(run).toMatchObject({ exitCode: 2, left: [] })
      expect(run.stderr).toContain(`This would send load to ${THEM}:8080, ${THEM}:8081.`)
    })

    it('is compared by latency, and never gets more than the rate', async () => {
      const run = await flamegate(['demo.js', '--rounds', '2', '--remote', '--json'], { directory })
      expect(run.stderr).toBe(`Sends ${RATE} requests/s at most to ${THEM}:8080 and ${THEM}:8081.`)
      const median = printed(run).comparisons.find(({ metric }) => metric === 'latency.p50')!
      // On a busy machine so many requests are late that nothing is compared.
      expect(median.change?.estimate ?? 1).toBeGreaterThan(0.3)
      for (const port of [8080, 8081]) {
        const most = Number(await (await fetch(`http://${THEM}:${port}/most`)).text())
        // Arrivals that were held up come together. A closed loop would send at least 200.
        expect(most).toBeGreaterThan(0)
        expect(most).toBeLessThan(3 * RATE)
      }
    })
  },
)
