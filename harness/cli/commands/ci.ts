/** `ci`: the scenarios of a CI job, one after the other, within a common time. */
import { join, relative, resolve } from 'node:path'
import { mergeBase } from '../../git/index.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { Request } from '../../model/request.ts'
import { runId } from '../../plan/index.ts'
import { deliverJob } from '../ci/deliver.ts'
import type { Coded } from '../ci/document.ts'
import { problemOf } from '../ci/problems.ts'
import { type Job, selectJobs } from '../ci/select.ts'
import { shareFor } from '../ci/share.ts'
import type { Command, Engine } from '../command.ts'
import { printReport, writeReports } from '../deliver.ts'
import type { Options } from '../flags.ts'
import { type Host, worldOf } from '../host.ts'
import { INTERRUPTED, interruptible } from '../interrupt.ts'
import { exitCode, FINE, reservation } from '../outcome.ts'
import { tellProblem, USAGE } from '../problem.ts'
import { display, silent } from '../progress.ts'

const BUDGET = 600_000

export const ci: Command = {
  operands: '[scenario…]',
  help: 'run the scenarios that are marked for CI against the merge base',
  details: `Runs the scenarios that have \`ci: true\` (or those that are named) one after the other, within one budget of time. A
scenario that declares no baseline variant is compared with the merge base of the target branch, measured in the same
rounds. Into --output: report.json, junit.xml, summary.md, comment.md, index.html, and a folder for each scenario. On
GitHub it annotates the gates' lines and writes the job's summary. An inconclusive gate is neutral unless --strict.`,
  configurable: true,
  flags: [
    'dry-run',
    'baseline',
    'budget',
    'max-time',
    'rounds',
    'gate',
    'strict',
    'shard',
    'seed',
    'wait',
    'json',
    'output',
  ],
  async run({ words, options }, host, engine) {
    const jobs = await selectJobs(words, host.cwd(), options.shard)
    const base = await baseFor(jobs, options, host)
    if (options['dry-run']) return printJobs(jobs, base.told, options, host)
    return await interruptible(host, signal => runJobs(jobs, base, options, host, engine, signal))
  },
}

interface Base {
  /** For the scenarios that declare none. */
  baseline?: string
  /** In words; empty when every scenario has its own. */
  told: string
}

async function baseFor(jobs: Job[], { baseline }: Options, host: Host): Promise<Base> {
  if (baseline !== undefined) return { baseline, told: `Compared with ${baseline}.` }
  if (jobs.every(job => job.declaresBaseline || job.problem)) return { told: '' }
  const { commit, reason } = await mergeBase(host.cwd(), host.env)
  return { baseline: `git:${commit}`, told: `Compared with ${commit.slice(0, 9)}, ${reason}.` }
}

function printJobs(jobs: Job[], told: string, options: Options, host: Host): number {
  const { budget = BUDGET } = options
  const lines = jobs.map(({ scenario, file, maxTime, problem }) =>
    [scenario, relative(host.cwd(), file), maxTime && `${maxTime / 1000} s at most`, problem?.message]
      .filter(Boolean)
      .join('  '),
  )
  host.stdout.write(`${[told, `Budget: ${budget / 1000} s`, ...lines].filter(Boolean).join('\n')}\n`)
  return FINE
}

async function runJobs(
  jobs: Job[],
  base: Base,
  options: Options,
  host: Host,
  engine: Engine,
  signal: AbortSignal,
): Promise<number> {
  const { budget = BUDGET } = options
  const folder = resolve(host.cwd(), options.output ?? join('.bench', 'ci', runId(Date.now())))
  const began = performance.now()
  const outcomes: Coded[] = []
  if (!options.json && base.told) host.stderr.write(`${base.told}\n`)
  for (const [at, job] of jobs.entries()) {
    if (signal.aborted) break
    const waiting = jobs.slice(at).map(({ maxTime }) => maxTime)
    const time = options['max-time'] ?? shareFor(budget - (performance.now() - began), waiting)
    const baseline = job.declaresBaseline ? options.baseline : base.baseline
    const request: Request = {
      scenario: job.file,
      maxTime: time,
      baseline,
      rounds: options.rounds,
      gates: options.gate,
      seed: options.seed,
      wait: options.wait,
      output: join(folder, job.scenario),
    }
    const outcome = await runJob(job, request, options, host, engine, signal)
    if (outcome) outcomes.push({ ...outcome, folder: outcome.report ? job.scenario : '' })
  }
  const code = await deliverJob(
    outcomes,
    { folder, base: base.told, shard: options.shard, json: options.json ?? false },
    host,
  )
  return signal.aborted ? INTERRUPTED : code
}

/** A scenario that cannot be measured does not keep the others from it; `null` when it was interrupted too early. */
async function runJob(
  job: Job,
  request: Request,
  options: Options,
  host: Host,
  engine: Engine,
  signal: AbortSignal,
): Promise<Coded | null> {
  const about: Outcome = { scenario: job.scenario, file: placeOf(job.file, host), folder: '' }
  if (job.problem) return { ...about, problem: job.problem, code: USAGE }
  const live = options.json ? silent : display(host.stderr, Date.now)
  const strict = options.strict ?? false
  try {
    const world = worldOf(host, { signal, emit: progress => live.show(progress) })
    const report = await engine.bench(request, world)
    const { reporters } = await engine.loadCapabilities()
    const { page } = await writeReports(report, reporters)
    live.end()
    if (!options.json) {
      printReport(report, page, host)
      host.stderr.write(reservation(report, strict))
    }
    return { ...about, report, code: exitCode(report, strict) }
  } catch (error) {
    live.end()
    if (signal.aborted && error === signal.reason) return null
    return { ...about, problem: problemOf(error), code: tellProblem(error, host) }
  }
}

/** As CI systems name files: relative to the checkout. */
const placeOf = (file: string, host: Host) =>
  relative(host.env.GITHUB_WORKSPACE ?? host.env.CI_PROJECT_DIR ?? host.cwd(), file).replaceAll('\\', '/')
