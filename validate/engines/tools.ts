/**
 * What h2load, hey and wrk say of `injected`, as `flamegate compare` reads their results, beside a run of our own. Each of them loads
 * one version and then the other, because the machine's speed changes by half from one minute to the next.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  compareForeign,
  type ForeignComparison,
  type ForeignRun,
  readForeign,
} from '../../harness/foreign/index.ts'
import type { Sides } from '../../harness/model/comparison.ts'
import { median } from '../../harness/stats/describe.ts'
import { points, signedPercent } from '../../harness/words/numbers.ts'
import { CONNECTIONS } from '../autocannon.ts'
import { atMost, type Context, type Target, turned } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { withService } from '../live/service.ts'
import { printTable, tableOf } from '../print.ts'

const LEVEL = 0.05

/** Points by which the change of throughput may be told to be other than our own run tells. */
const AGREES = 0.02

const SIDES = ['before', 'after'] as const

interface Tool {
  name: string
  debian: string
  /** @param log where it writes a line for each request, if it can. Otherwise its result is on standard output. */
  command(url: string, seconds: number, log: string): string[]
}

const TOOLS: Tool[] = [
  {
    name: 'h2load',
    debian: 'nghttp2-client',
    command: (url, seconds, log) => [
      ...['h2load', '--h1', `-c${CONNECTIONS}`, `-D${seconds}`],
      ...[`--log-file=${log}`, url],
    ],
  },
  {
    name: 'hey',
    debian: 'hey',
    command: (url, seconds) => ['hey', '-z', `${seconds}s`, '-c', String(CONNECTIONS), url],
  },
  {
    name: 'wrk',
    debian: 'wrk',
    command: (url, seconds) => ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url],
  },
]

interface Told {
  tool: string
  /** Change of throughput: the typical one of two neighbouring runs, and `flamegate compare`'s of all. */
  pairs: number
  compared: ForeignComparison['rows'][number]['change']
}

export async function* tools({ quick, signal, folder }: Context): AsyncGenerator<Target> {
  const installed = TOOLS.filter(({ name }) => spawnSync(name, ['--version']).error === undefined)
  for (const { name, debian } of TOOLS.filter(tool => !installed.includes(tool)))
    yield { name, value: `skipped: it is not installed (Debian package ${debian})`, met: true }
  if (installed.length === 0) return
  const [turns, seconds] = quick ? [2, 1] : [20, 2]
  const told = await withService(0, before =>
    withService(LEVEL, async after => shoot({ before, after }, installed, turns, seconds)),
  )
  printTable(
    tableOf('Throughput of `injected` at +5 %', told, {
      by: ({ tool }) => tool,
      'of neighbours': ({ pairs }) => signedPercent(pairs),
      'of all, by `compare`': ({ compared: { estimate, low, high } }) =>
        `${signedPercent(estimate)} (${low === undefined || high === undefined ? 'no interval' : `${points(low)} to ${points(high)}`})`,
    }),
  )
  if (quick || signal.aborted) return
  const ours = await ownChange(join(folder, 'tools-own'), signal)
  for (const { tool, pairs } of told)
    yield atMost(
      `${tool}: differs from our own run's ${signedPercent(ours)}`,
      Math.abs(pairs - ours),
      AGREES,
      signedPercent,
    )
}

function shoot(urls: Sides<string>, installed: Tool[], turns: number, seconds: number): Told[] {
  const runs = new Map(installed.map(tool => [tool, { before: [], after: [] } as Sides<ForeignRun[]>]))
  // The first turn is for compilation.
  for (let turn = -1; turn < turns; turn++)
    for (const tool of turned(installed, turn + 1))
      for (const side of turned([...SIDES], turn + 1)) {
        const run = resultOf(tool, `${urls[side]}/orders`, seconds)
        if (turn >= 0) runs.get(tool)![side].push(run)
      }
  return [...runs].map(([{ name }, { before, after }]) => ({
    tool: name,
    pairs: median(before.map(({ throughput }, at) => after[at]!.throughput! / throughput!)) - 1,
    compared: compareForeign(before, after).rows.find(({ title }) => title === 'Throughput')!.change,
  }))
}

function resultOf(tool: Tool, url: string, seconds: number): ForeignRun {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-tools-'))
  try {
    const log = join(folder, 'requests.tsv')
    const [program, ...args] = tool.command(url, seconds, log)
    const output = execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const run = readForeign(existsSync(log) ? readFileSync(log, 'utf8') : output)
    if (run) return run
    throw new Error(`Output of ${tool.name} that we cannot read: ${output.slice(0, 200)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ownChange(output: string, signal: AbortSignal): Promise<number> {
  const environment = { FLAMEGATE_INJECT: `${LEVEL * 100}%` }
  const { comparisons } = await flamegate(['injected', '--max-time', '60s', '--output', output], {
    environment,
    signal,
  })
  const change = comparisons.find(({ metric }) => metric === 'throughput')?.change
  if (change) return change.estimate
  throw new Error('Our own run does not say how throughput has changed.')
}
