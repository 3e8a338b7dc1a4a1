/**
 * Real agents on real versions of Node push to the server, which asks another service for its profiles at the same time: all of it
 * arrives, and Go's tool reads the same.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodePprof } from '../../harness/formats/index.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { sum } from '../../harness/stats/describe.ts'
import { type Context, ROOT, type Target } from '../experiment.ts'
import { Server } from './server.ts'

const NODES = ['22', '24', '26']
/** Seconds that a service runs, and between two pushes of its agent. */
const [RUNS, PUSHES] = [12, 3]

/** Takes about a third of the time in `turn`: V8 may compile what it calls into it, and never itself into Node’s timers. */
const WORK = `
function total(until) {
  let sum = 0
  while (performance.now() < until) sum += Math.sqrt(sum + 1)
  return sum
}
function turn() {
  total(performance.now() + 30)
}
const timer = setInterval(turn, 100)
`

/** A client of somebody else, in a service that ends by itself. */
interface Agent {
  /** With its version. */
  package: string
  /** JavaScript that starts it, and that ends it once the service has nothing more to do. */
  start: string
  end: string
  environment(server: string): Record<string, string>
}

const PYROSCOPE = '@pyroscope/nodejs'
const DATADOG = 'dd-trace'

const pyroscope = (version: string): Agent => ({
  package: `${PYROSCOPE}@${version}`,
  start: `
const Pyroscope = require(${JSON.stringify(PYROSCOPE)})
Pyroscope.init({
  serverAddress: process.env.SERVER,
  appName: 'shop',
  tags: { version: '1.4' },
  flushIntervalMs: ${PUSHES * 1_000},
  wall: { collectCpuTime: true },
})
Pyroscope.start()`,
  end: 'await Pyroscope.stop()',
  environment: server => ({ SERVER: server }),
})

const datadog: Agent = {
  package: `${DATADOG}@5`,
  start: `require(${JSON.stringify(DATADOG)}).init({ profiling: true })`,
  end: '',
  environment: server => ({
    DD_TRACE_AGENT_URL: server,
    DD_SERVICE: 'shop',
    DD_VERSION: '1.4',
    DD_PROFILING_UPLOAD_PERIOD: String(PUSHES),
    DD_TRACING_ENABLED: 'false',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  }),
}

const AGENTS = [pyroscope('0.6.4'), pyroscope('0.4.5'), datadog]

const serviceWith = ({ start, end }: Agent): string => `${start}
${WORK}
setTimeout(async () => {
  clearInterval(timer)
  ${end}
  process.exit(0)
}, ${RUNS * 1_000})
`

/** Carries the probe, and prints the port of its endpoints. */
const PROBED = `
const { probe } = require(${JSON.stringify(join(ROOT, 'harness/probe/index.cjs'))})
const { createServer } = require('node:http')
const server = createServer(probe({ service: 'probed', version: '1.4', triggers: false }).endpoints())
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
${WORK}
`

export async function* clients({ quick, signal }: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-clients-'))
  try {
    for (const [at, agent] of (quick ? AGENTS.slice(0, 1) : AGENTS).entries()) {
      const project = join(folder, String(at))
      for (const node of quick ? ['26'] : NODES) {
        if (signal.aborted) return
        await install(project, [agent.package, `node-${process.platform}-${process.arch}@${node}`], signal)
        yield* received(project, agent, node, join(folder, `${at}-${node}`))
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function install(project: string, packages: string[], signal: AbortSignal): Promise<void> {
  const args = ['install', '--prefix', project, '--no-audit', '--no-fund', ...packages]
  await promisify(execFile)('npm', args, { signal })
}

async function* received(
  project: string,
  agent: Agent,
  version: string,
  folder: string,
): AsyncGenerator<Target> {
  const node = join(project, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  const probed = started(project, node, PROBED, {}, 'pipe')
  let server: Server | undefined
  try {
    const [port] = await once(probed.stdout!, 'data')
    const url = `http://127.0.0.1:${String(port).trim()}/debug/pprof/profile`
    server = await new Server(folder, ['--scrape', `probed=${url}`, '--window', `${PUSHES}s`]).started()
    const variables = agent.environment(server.address)
    await once(started(project, node, serviceWith(agent), variables, 'ignore'), 'exit')
  } finally {
    await server?.end('SIGTERM')
    probed.kill('SIGKILL')
  }
  const file = join(folder, 'windows.sqlite')
  yield seenIn(file, 'shop', `${agent.package} on Node ${version} pushes`, folder)
  yield seenIn(file, 'probed', 'the probe is asked meanwhile', folder)
}

function started(
  project: string,
  node: string,
  code: string,
  variables: Record<string, string>,
  stdout: 'pipe' | 'ignore',
): ChildProcess {
  const script = join(project, `${randomUUID()}.cjs`)
  writeFileSync(script, code)
  const env = { ...process.env, ...variables }
  return spawn(node, [script], { env, stdio: ['ignore', stdout, 'inherit'] })
}

function seenIn(file: string, service: string, name: string, folder: string): Target {
  const store = new WindowStore(file, Number.MAX_SAFE_INTEGER)
  const groups = store.groups().filter(group => group.service === service)
  const isLabelled = groups.every(({ version }) => version === '1.4')
  const cpu = groups.filter(({ type }) => type === 'cpu' || type === 'wall')
  const windows = cpu.flatMap(({ service, type }) =>
    store.windows({ service, type, from: 0, to: Number.MAX_SAFE_INTEGER }),
  )
  const contents = windows.map(({ id }) => store.content(id)!)
  store.close()
  const off = contents.filter((content, at) => !isAgreed(content, join(folder, `${at}.pb.gz`))).length
  const share = contents.length === 0 ? 0 : shareOfWork(contents)
  return {
    name,
    value: `${contents.length} windows of ${cpu.map(({ type }) => type).join(', ') || 'nothing'}, ${off} of them not as Go's tool reads them, labels ${isLabelled ? 'kept' : 'lost'}, the work in ${Math.round(share * 100)} % of the time on the processor`,
    bound: `at least ${Math.floor(RUNS / PUSHES) - 1}, none, kept, and the work in most of it`,
    met: contents.length >= Math.floor(RUNS / PUSHES) - 1 && off === 0 && isLabelled && share > 0.5,
  }
}

/** Sums of the last value: ours, and those of `go tool pprof`. */
function isAgreed(content: Uint8Array, path: string): boolean {
  writeFileSync(path, content)
  const profile = decodePprof(content)
  const { type, unit } = profile.valueTypes.at(-1)!
  const text = execFileSync('go', ['tool', 'pprof', '-raw', '-sample_index', type, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const at = profile.valueTypes.length - 1
  const samples = text.slice(text.indexOf('Samples:'), text.indexOf('Locations'))
  const values = [...samples.matchAll(/^\s*([\d ]+):/gm)].map(([, numbers]) =>
    Number(numbers!.trim().split(/\s+/)[at]),
  )
  const theirs = sum(values)
  const ours = sum(profile.samples.values[at]!)
  return unit !== '' && Math.abs(ours - theirs) <= 1e-9 * theirs && theirs > 0
}

/** Share of the time on the processor that is spent in `turn`. */
function shareOfWork(contents: Uint8Array[]): number {
  const tree = buildCallTree(contents.map(content => decodePprof(content)))
  const { total } = functionTable(tree)
  const timeOf = (isIt: (name: string) => boolean) =>
    sum(tree.frames.flatMap(({ name }, at) => (isIt(name) ? total.map(column => column[at]!) : [])))
  const self = sum(tree.self.map(column => sum(column)))
  const idle = timeOf(name => name === '(idle)')
  return timeOf(name => name === 'turn') / Math.max(1, self - idle)
}
