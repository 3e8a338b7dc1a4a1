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
import { pinned } from '../../harness/measure/harness/command.ts'
import type { Sides } from '../../harness/model/comparison.ts'
import { mean, median } from '../../harness/stats/describe.ts'
import { points, signedPercent } from '../../harness/words/numbers.ts'
import { CONNECTIONS } from '../autocannon.ts'
import { atMost, type Context, type Target, turned } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { withService } from '../live/service.ts'
import { isApart } from '../load/service.ts'
import { printTable, tableOf } from '../print.ts'

const LEVEL = 0.05

/** Points by which the change of throughput may differ from what our own run reports. */
const AGREES = 0.02

const SIDES = ['before', 'after'] as const

/** Processes of each version, because two of the same code differ; turns of each, and seconds of a turn. */
const [LAUNCHES, TURNS, SECONDS] = [5, 6, 1]

/** The processor of both services, as in a run of ours. */
const SERVICE = isApart ? [0] : undefined

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

interface Runs extends Sides<ForeignRun[]> {
  tool: string
}

interface Told {
  tool: string
  /** Change of throughput: of neighbouring runs, and `flamegate compare`'s of all. */
  pairs: number
  compared: ForeignComparison['rows'][number]['change']
}

export async function* tools({ quick, signal, folder }: Context): AsyncGenerator<Target> {
  const installed = TOOLS.filter(({ name }) => spawnSync(name, ['--version']).error === undefined)
  for (const { name, debian } of TOOLS.filter(tool => !installed.includes(tool)))
    yield { name, value: `skipped: it is not installed (Debian package ${debian})`, met: true }
  if (installed.length === 0) return
  const runs: Runs[] = []
  for (let launch = 0; launch < (quick ? 1 : LAUNCHES) && !signal.aborted; launch++)
    await withService(
      0,
      before =>
        withService(LEVEL, async after => void runs.push(...shoot({ before, after }, installed)), SERVICE),
      SERVICE,
    )
  const told = installed.map(({ name }) => changeOf(runs.filter(({ tool }) => tool === name)))
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

function shoot(urls: Sides<string>, installed: Tool[]): Runs[] {
  const runs = installed.map((tool): Runs => ({ tool: tool.name, before: [], after: [] }))
  // The first turn is for compilation.
  for (let turn = 0; turn <= TURNS; turn++)
    for (const at of turned([...installed.keys()], turn))
      for (const side of turned([...SIDES], turn)) {
        const run = resultOf(installed[at]!, `${urls[side]}/orders`)
        if (turn > 0) runs[at]![side].push(run)
      }
  return runs
}

/** @param runs by launch */
function changeOf(runs: Runs[]): Told {
  const ratios = runs.map(({ before, after }) =>
    median(before.map(({ throughput }, at) => after[at]!.throughput! / throughput!)),
  )
  const [before, after] = SIDES.map(side => runs.flatMap(run => run[side]))
  return {
    tool: runs[0]!.tool,
    pairs: mean(ratios) - 1,
    compared: compareForeign(before!, after!).rows.find(({ title }) => title === 'Throughput')!.change,
  }
}

function resultOf(tool: Tool, url: string): ForeignRun {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-tools-'))
  try {
    const log = join(folder, 'requests.tsv')
    const [program, ...args] = pinned(isApart ? [1] : undefined, tool.command(url, SECONDS, log))
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
