/** What a service pays for the probe, as Flamegate itself measures it. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Change } from '../../harness/model/comparison.ts'
import { interval, signedPercent, value } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate, type ReportDocument } from '../flamegate.ts'

const SCENARIO = 'validate/probe/cost.scenario.ts'
const ROUNDS = 20
/** The best-known agent, for comparison. It is installed for the measurement alone. */
const AGENT = '@pyroscope/nodejs'
/** Files of this folder. */
const SERVICES = ['server', 'express']

/** The most that each may cost: the upper end of the interval of what changes nothing, and the estimate of what does. */
const CPU = { idle: { upper: 0.005 }, continuous: { estimate: 0.01 } }
const P99 = 0.02
const MEMORY = 20 * 2 ** 20

export async function* cost(context: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-probe-cost-'))
  const sink = createServer((request, response) => {
    request.resume().once('end', () => response.end())
  }).listen(0, '127.0.0.1')
  try {
    await once(sink, 'listening')
    const environment = {
      PROBE_STORE: join(folder, 'store'),
      PROBE_AGENT: await installed(AGENT, folder, context.signal),
      PROBE_AGENT_SERVER: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
    }
    for (const service of SERVICES)
      yield* costOf(service, { ...environment, PROBE_SERVICE: service }, context)
  } finally {
    sink.close()
    sink.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns the path of the package */
async function installed(name: string, folder: string, signal: AbortSignal): Promise<string> {
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', name]
  await promisify(execFile)('npm', args, { signal, shell: process.platform === 'win32' })
  return join(folder, 'node_modules', name)
}

async function* costOf(
  service: string,
  environment: Record<string, string>,
  { folder, signal }: Context,
): AsyncGenerator<Target> {
  const measured = (...args: string[]) =>
    flamegate([SCENARIO, '--rounds', String(ROUNDS), '--max-time', '20m', ...args], { environment, signal })
  const report = await measured('--output', join(folder, service))
  const [idle, continuous, agent] = ['idle', 'continuous', 'agent'].map(variant =>
    changeOf(report, 'cpu.perRequest', variant),
  )
  yield {
    name: `${service}, installed and idle: CPU per request`,
    value: told(idle),
    bound: `upper end at most ${signedPercent(CPU.idle.upper)}`,
    met: (idle?.high ?? 1) <= CPU.idle.upper,
  }
  yield {
    name: `${service}, continuous at 10 ms: CPU per request`,
    value: told(continuous),
    bound: `at most ${signedPercent(CPU.continuous.estimate)}`,
    met: (continuous?.estimate ?? 1) <= CPU.continuous.estimate,
  }
  console.log(`${service}, ${AGENT} with its defaults: ${told(agent)} CPU per request`)
  yield memoryTarget(service, report)
  const open = await measured('--gate', 'latency.p99<=+10%', '--output', join(folder, `${service}-latency`))
  const p99 = changeOf(open, 'latency.p99', 'continuous')
  yield {
    name: `${service}, continuous: p99`,
    value: told(p99),
    bound: `at most ${signedPercent(P99)}`,
    met: (p99?.estimate ?? 1) <= P99,
  }
}

function memoryTarget(service: string, { comparisons }: ReportDocument): Target {
  const found = comparisons.find(
    ({ metric, variant }) => metric === 'memory.resident' && variant === 'continuous',
  )
  const more = found ? (found.after ?? 0) - (found.before ?? 0) : Number.NaN
  return {
    name: `${service}, continuous: resident memory`,
    value: value(more, 'bytes'),
    bound: `at most ${value(MEMORY, 'bytes')}`,
    met: more <= MEMORY,
  }
}

const changeOf = ({ comparisons }: ReportDocument, metric: string, variant: string): Change | null =>
  comparisons.find(each => each.metric === metric && each.variant === variant)?.change ?? null

const told = (change: Change | null | undefined): string =>
  change ? `${signedPercent(change.estimate)} (${interval(change)})` : 'not measured'
