/** `ci`: runs the scenarios of a CI job one after the other, within one budget of time. */
import { join, relative, resolve } from 'node:path'
import { mergeBase } from '../../git/merge-base.ts'
import { rootOf } from '../../git/repository.ts'
import { refuseOccupied } from '../../measure/index.ts'
import type { Capabilities } from '../../model/capabilities.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Outcome, Problem } from '../../model/report.ts'
import { fileNameOf } from '../../paths/file-name.ts'
import { makePlan, runId } from '../../plan/index.ts'
import { openBaseline, tryFolder } from '../../store/index.ts'
import { deliverJob } from '../ci/deliver.ts'
import type { Coded } from '../ci/document.ts'
import { type Job, selectJobs } from '../ci/select.ts'
import { shareFor } from '../ci/share.ts'
import type { Command } from '../command.ts'
import type { Options } from '../flags.ts'
import { type Host, worldOf } from '../host.ts'
import { interruptible } from '../interrupt.ts'
import { measureOne, type Session } from '../measuring.ts'
import { gravest, INTERRUPTED, problemOf, tellProblem, USAGE } from '../outcome.ts'
import { flagsWithout } from './measure.ts'

const BUDGET = 600_000

/** Must be in the report: a job that loses a scenario would pass. */
const NOT_MEASURED = { message: 'The job was interrupted before this scenario was measured.' }

export const ci: Command = {
  operands: '[scenario…]',
  help: 'compare the scenarios that are marked for CI with the merge base',
  details: `Runs the scenarios with \`ci: true\` (or those that you name) one after the other, within one budget of time. A scenario
without a baseline variant is compared with the merge base of the target branch, measured in the same rounds. Writes
report.json, junit.xml, summary.md, comment.md, index.html and a folder for each scenario into --output. On GitHub it
annotates the lines of failed gates and of the functions behind them, and writes the job summary. An inconclusive gate is
neutral, or fails with --strict.`,
  configurable: true,
  flags: [
    'budget',
    'shard',
    ...flagsWithout('quick', 'variants', 'save-baseline', 'aa', 'heap-snapshot', 'remote'),
  ],
  async run({ words, options }, host, engine) {
    const selected = await selectJobs(words, host.cwd(), options.shard)
    const { jobs, ...base } = await withBase(selected, options, host)
    const capabilities = await engine.loadCapabilities(host.cwd())
    if (options['dry-run']) return await printJobs(jobs, base, options, host, capabilities)
    return await interruptible(host, signal =>
      runJobs(jobs, base, { options, host, engine, capabilities, signal }),
    )
  },
}

interface Base {
  /** For scenarios that declare none. */
  baseline?: string
  /** As text; empty when every scenario has its own. */
  text: string
}

/** If no base is found, every job that needs one has that problem, so that the report says so. */
async function withBase(jobs: Job[], { baseline }: Options, host: Host): Promise<Base & { jobs: Job[] }> {
  if (baseline !== undefined) return { jobs, baseline, text: `Compared with ${baseline}.` }
  const needsOne = (job: Job) => !(job.declaresBaseline || job.problem)
  if (!jobs.some(needsOne)) return { jobs, text: '' }
  try {
    const { commit, reason } = await mergeBase(host.cwd(), host.env)
    return { jobs, baseline: `git:${commit}`, text: `Compared with ${commit.slice(0, 9)}, ${reason}.` }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const problem = problemOf(error)
    return { jobs: jobs.map(job => (needsOne(job) ? { ...job, problem } : job)), text: '' }
  }
}

/** Plans every job as if it were measured, to show what is wrong. */
async function printJobs(
  jobs: Job[],
  base: Base,
  options: Options,
  host: Host,
  capabilities: Capabilities,
): Promise<number> {
  const { budget = BUDGET } = options
  const codes: number[] = []
  for (const job of jobs) {
    try {
      if (job.problem) throw asError(job.problem)
      const run = optionsFor(job, job.maxTime, join('.bench', 'ci'), base, options)
      const { recorded, ...of } = await makePlan(run, worldOf(host), capabilities)
      if (recorded !== undefined) await openBaseline(recorded, of)
    } catch (error) {
      codes.push(tellProblem(error, host))
    }
  }
  const lines = jobs.map(({ scenario, file, maxTime }) => {
    const time = maxTime && `${maxTime / 1000} s at most`
    return [scenario, relative(host.cwd(), file), time].filter(Boolean).join('  ')
  })
  host.stdout.write(`${[base.text, `Budget: ${budget / 1000} s`, ...lines].filter(Boolean).join('\n')}\n`)
  return gravest(codes)
}

const asError = ({ message, ...rest }: Problem) => new UsageError(message, rest)

const optionsFor = (
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
  expect: options.expect,
  seed: options.seed,
  wait: options.wait,
  output: join(folder, fileNameOf(job.scenario)),
})

async function runJobs(jobs: Job[], base: Base, session: Session): Promise<number> {
  const { options, host, signal } = session
  const { budget = BUDGET } = options
  const folder = resolve(host.cwd(), options.output ?? join('.bench', 'ci', runId(Date.now())))
  refuseOccupied(folder)
  await tryFolder(folder)
  const began = performance.now()
  const checkout = await checkoutOf(host)
  const outcomes: Coded[] = []
  if (!options.json && base.text) host.stderr.write(`${base.text}\n`)
  for (const [at, job] of jobs.entries()) {
    const waiting = jobs.slice(at).map(({ maxTime }) => maxTime)
    const time = options['max-time'] ?? shareFor(budget - (performance.now() - began), waiting)
    outcomes.push(await runJob(job, optionsFor(job, time, folder, base, options), checkout, session))
  }
  const { shard, json = false } = options
  const code = await deliverJob(outcomes, { folder, base: base.text, shard, json }, host)
  return signal.aborted ? INTERRUPTED : code
}

async function runJob(job: Job, run: RunOptions, checkout: string, session: Session): Promise<Coded> {
  const { host, capabilities, signal } = session
  const about: Outcome = { scenario: job.scenario, file: placeOf(job.file, checkout), folder: '' }
  if (signal.aborted) return { ...about, problem: NOT_MEASURED, code: INTERRUPTED }
  if (job.problem) {
    tellProblem(asError(job.problem), host)
    return { ...about, problem: job.problem, code: USAGE }
  }
  const { code, report, problem } = await measureOne(world => makePlan(run, world, capabilities), session)
  if (report) return { ...about, report, code, folder: fileNameOf(job.scenario) }
  return { ...about, code, problem: problem ?? NOT_MEASURED }
}

/** CI systems name files relative to the repository, wherever in it the job runs. */
async function checkoutOf(host: Host): Promise<string> {
  const { GITHUB_WORKSPACE, CI_PROJECT_DIR } = host.env
  return (await rootOf(host.cwd(), host.env)) ?? GITHUB_WORKSPACE ?? CI_PROJECT_DIR ?? host.cwd()
}

const placeOf = (file: string, checkout: string) => relative(checkout, file).replaceAll('\\', '/')
