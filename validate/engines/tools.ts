/**
 * How much slower h2load, hey, wrk and our own closed loop find the same processes of `injected`. In turn, each of them loads one version
 * and then the other, because the machine's speed changes by half from one minute to the next.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  compareForeign,
  type ForeignComparison,
  type ForeignRun,
  readForeign,
} from '../../harness/foreign/index.ts'
import { mortal, pinned } from '../../harness/measure/harness/command.ts'
import { GENERATOR_FLAGS } from '../../harness/measure/harness/driver.ts'
import type { Sides } from '../../harness/model/comparison.ts'
import { mean, median } from '../../harness/stats/describe.ts'
import { points, signedPercent } from '../../harness/words/numbers.ts'
import { CONNECTIONS } from '../autocannon.ts'
import { atMost, type Context, type Target, turned } from '../experiment.ts'
import { withService } from '../live/service.ts'
import { isApart } from '../load/service.ts'
import { printTable, tableOf } from '../print.ts'
import type { Done, Turn } from './own-loop.ts'

const LEVEL = 0.05

/** Points by which a tool's change of throughput may differ from that of our own loop. */
const AGREES = 0.02

const SIDES = ['before', 'after'] as const

const PATH = '/orders'

/** Processes of each version, because two of the same code differ; turns of each, and seconds of a turn. */
const [LAUNCHES, TURNS, SECONDS] = [5, 10, 1]

/** The processor of both services, as in a run of ours, and the one of whoever loads them. */
const [SERVICE, LOADER] = isApart ? [[0], [1]] : []

/** Whoever takes a turn. */
interface Shooter {
  name: string
  shoot(url: string): Promise<ForeignRun>
}

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
  name: string
}

interface Told {
  name: string
  /** Change of throughput of each launch, from neighbouring runs, and `flamegate compare`'s of all. */
  launches: number[]
  compared: ForeignComparison['rows'][number]['change']
}

export async function* tools({ quick, signal }: Context): AsyncGenerator<Target> {
  const installed = TOOLS.filter(({ name }) => spawnSync(name, ['--version']).error === undefined)
  for (const { name, debian } of TOOLS.filter(tool => !installed.includes(tool)))
    yield { name, value: `skipped: it is not installed (Debian package ${debian})`, met: true }
  if (installed.length === 0) return
  const own = new OwnLoop()
  const shooters: Shooter[] = [own, ...installed.map(shooterOf)]
  const runs: Runs[] = []
  try {
    for (let launch = 0; launch < (quick ? 1 : LAUNCHES) && !signal.aborted; launch++)
      await withServices(
        async urls => void runs.push(...(await takeTurns(urls, shooters, quick ? 1 : TURNS))),
      )
  } finally {
    await own.end()
  }
  const [ours, ...theirs] = shooters.map(({ name }) => changeOf(runs.filter(run => run.name === name)))
  printTable(
    tableOf('Throughput of `injected` at +5 %', [ours!, ...theirs], {
      by: ({ name }) => name,
      'of neighbours': ({ launches }) => signedPercent(mean(launches)),
      'of all, by `compare`': ({ compared: { estimate, low, high } }) =>
        `${signedPercent(estimate)} (${low === undefined || high === undefined ? 'no interval' : `${points(low)} to ${points(high)}`})`,
    }),
  )
  if (quick || signal.aborted) return
  for (const { name, launches } of theirs)
    yield atMost(
      `${name}: differs from our own loop's ${signedPercent(mean(ours!.launches))}`,
      Math.abs(mean(launches) - mean(ours!.launches)),
      AGREES,
      signedPercent,
    )
}

const withServices = (work: (urls: Sides<string>) => Promise<void>): Promise<void> =>
  withService(0, before => withService(LEVEL, after => work({ before, after }), SERVICE), SERVICE)

async function takeTurns(urls: Sides<string>, shooters: Shooter[], turns: number): Promise<Runs[]> {
  const runs = shooters.map(({ name }): Runs => ({ name, before: [], after: [] }))
  // The first turn is for compilation.
  for (let turn = 0; turn <= turns; turn++)
    for (const at of turned([...shooters.keys()], turn))
      for (const side of turned([...SIDES], turn)) {
        const run = await shooters[at]!.shoot(urls[side])
        if (turn > 0) runs[at]![side].push(run)
      }
  return runs
}

/** @param runs by launch */
function changeOf(runs: Runs[]): Told {
  const launches = runs.map(
    ({ before, after }) =>
      median(before.map(({ throughput }, at) => after[at]!.throughput! / throughput!)) - 1,
  )
  const [before, after] = SIDES.map(side => runs.flatMap(run => run[side]))
  return {
    name: runs[0]!.name,
    launches,
    compared: compareForeign(before!, after!).rows.find(({ title }) => title === 'Throughput')!.change,
  }
}

const shooterOf = (tool: Tool): Shooter => ({
  name: tool.name,
  shoot: async url => {
    const folder = mkdtempSync(join(tmpdir(), 'flamegate-tools-'))
    try {
      const log = join(folder, 'requests.tsv')
      const [program, ...args] = pinned(LOADER, tool.command(`${url}${PATH}`, SECONDS, log))
      const output = execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      const run = readForeign(existsSync(log) ? readFileSync(log, 'utf8') : output)
      if (run) return run
      throw new Error(`Output of ${tool.name} that we cannot read: ${output.slice(0, 200)}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
})

class OwnLoop implements Shooter {
  readonly name = 'our closed loop'
  readonly #child: ChildProcess
  readonly #ended: Promise<never>

  constructor() {
    const file = join(import.meta.dirname, 'own-loop.ts')
    const [program, ...args] = pinned(LOADER, mortal([process.execPath, ...GENERATOR_FLAGS, file]))
    this.#child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit').then(() => {
      throw new Error('The process of our own loop has ended.')
    })
  }

  async shoot(url: string): Promise<ForeignRun> {
    this.#child.send({ url, path: PATH, seconds: SECONDS } satisfies Turn)
    const [done] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [Done]
    return { ...done, engine: this.name, latency: {}, resolution: 1, omits: true }
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended.catch(() => {})
  }
}
