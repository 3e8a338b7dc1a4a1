/** `ci`: the scenarios of a CI job, one after the other, within a common time. */
import { join, relative, resolve } from 'node:path'
import { mergeBase } from '../../git/index.ts'
import { refuseOccupied } from '../../measure/index.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Outcome, Problem } from '../../model/outcome.ts'
import { fileNameOf } from '../../paths/file-name.ts'
import { makePlan, runId } from '../../plan/index.ts'
import { openBaseline, tryFolder } from '../../store/index.ts'
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
import { exitCode, FINE, gravest, reservation } from '../outcome.ts'
import { tellProblem, USAGE } from '../problem.ts'
import { display, silent } from '../progress.ts'

const BUDGET = 600_000

/** Not to be missing from the report: a job that lost a scenario would pass. */
const NOT_MEASURED = { message: 'The job was interrupted before this scenario was measured.' }

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
    const selected = await selectJobs(words, host.cwd(), options.shard)
    const { jobs, ...base } = await withBase(selected, options, host)
    if (options['dry-run']) return await printJobs(jobs, base, options, host, engine)
    return await interruptible(host, signal => runJobs(jobs, base, options, host, engine, signal))
  },
}

interface Base {
  /** For the scenarios that declare none. */
  baseline?: string
  /** In words; empty when every scenario has its own. */
  told: string
}

/** Where no commit can be found to compare with, that is the problem of every job that needs one: a report has to say so. */
async function withBase(jobs: Job[], { baseline }: Options, host: Host): Promise<Base & { jobs: Job[] }> {
  if (baseline !== undefined) return { jobs, baseline, told: `Compared with ${baseline}.` }
  const needsOne = (job: Job) => !(job.declaresBaseline || job.problem)
  if (!jobs.some(needsOne)) return { jobs, told: '' }
  try {
    const { commit, reason } = await mergeBase(host.cwd(), host.env)
    return { jobs, baseline: `git:${commit}`, told: `Compared with ${commit.slice(0, 9)}, ${reason}.` }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const problem = problemOf(error)
    return { jobs: jobs.map(job => (needsOne(job) ? { ...job, problem } : job)), told: '' }
  }
}

/** What would be measured, planned as it would be: what is wrong shows here. */
async function printJobs(
  jobs: Job[],
  base: Base,
  options: Options,
  host: Host,
  engine: Engine,
): Promise<number> {
  const { budget = BUDGET } = options
  const capabilities = await engine.loadCapabilities()
  const codes: number[] = []
  const lines: string[] = []
  for (const job of jobs) {
    const { scenario, file, maxTime } = job
    const time = maxTime && `${maxTime / 1000} s at most`
    lines.push([scenario, relative(host.cwd(), file), time].filter(Boolean).join('  '))
    const request = requestFor(job, maxTime, join('.bench', 'ci'), base, options)
    const plan = async () => {
      const { recorded, ...of } = await makePlan(request, worldOf(host), capabilities)
      if (recorded !== undefined) await openBaseline(recorded, of)
    }
    codes.push(await codeOf(job, plan, host))
  }
  host.stdout.write(`${[base.told, `Budget: ${budget / 1000} s`, ...lines].filter(Boolean).join('\n')}\n`)
  return gravest(codes)
}

async function codeOf({ problem }: Job, plan: () => Promise<unknown>, host: Host): Promise<number> {
  try {
    if (problem) throw asError(problem)
    await plan()
    return FINE
  } catch (error) {
    return tellProblem(error, host)
  }
}

const asError = ({ message, ...rest }: Problem) => new UsageError(message, rest)

const requestFor = (
  job: Job,
  maxTime: number | undefined,
  folder: string,
  base: Base,
  options: Options,
): RunOptions => ({
  scenario: job.file,
  maxTime,
  baseline: job.declaresBaseline ? options.baseline : base.baseline,
  rounds: options.rounds,
  gates: options.gate,
  seed: options.seed,
  wait: options.wait,
  output: join(folder, fileNameOf(job.scenario)),
})

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
  refuseOccupied(folder)
  await tryFolder(folder)
  const began = performance.now()
  const outcomes: Coded[] = []
  if (!options.json && base.told) host.stderr.write(`${base.told}\n`)
  for (const [at, job] of jobs.entries()) {
    const waiting = jobs.slice(at).map(({ maxTime }) => maxTime)
    const time = options['max-time'] ?? shareFor(budget - (performance.now() - began), waiting)
    const request = requestFor(job, time, folder, base, options)
    const outcome = await runJob(job, request, options, host, engine, signal)
    outcomes.push({ ...outcome, folder: outcome.report ? fileNameOf(job.scenario) : '' })
  }
  const code = await deliverJob(
    outcomes,
    { folder, base: base.told, shard: options.shard, json: options.json ?? false },
    host,
  )
  return signal.aborted ? INTERRUPTED : code
}

/** A scenario that cannot be measured does not keep the others from it. */
async function runJob(
  job: Job,
  request: RunOptions,
  options: Options,
  host: Host,
  engine: Engine,
  signal: AbortSignal,
): Promise<Coded> {
  const about: Outcome = { scenario: job.scenario, file: placeOf(job.file, host), folder: '' }
  const unfinished = { ...about, problem: NOT_MEASURED, code: INTERRUPTED }
  if (signal.aborted) return unfinished
  if (job.problem) {
    tellProblem(asError(job.problem), host)
    return { ...about, problem: job.problem, code: USAGE }
  }
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
    if (signal.aborted && error === signal.reason) return unfinished
    return { ...about, problem: problemOf(error), code: tellProblem(error, host) }
  }
}

/** As CI systems name files: relative to the checkout. */
const placeOf = (file: string, host: Host) =>
  relative(host.env.GITHUB_WORKSPACE ?? host.env.CI_PROJECT_DIR ?? host.cwd(), file).replaceAll('\\', '/')
