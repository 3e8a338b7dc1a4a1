/** Which scenarios a CI job runs: the named or marked ones that belong to its shard. */
import { relative } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import type { Problem } from '../../model/report.ts'
import type { Scenario } from '../../model/scenario.ts'
import { findScenarios, loadScenario, locateScenario, nameOf, parseDuration } from '../../plan/index.ts'
import { problemOf } from '../outcome.ts'

export interface Job {
  scenario: string
  /** Absolute path of its file. */
  file: string
  /** Milliseconds that it may take of the budget; absent when it sets no limit. */
  maxTime?: number
  /** Whether it declares a baseline variant, so that it needs no commit. */
  declaresBaseline: boolean
  /** Why it cannot be loaded. */
  problem?: Problem
}

export interface Shard {
  index: number
  of: number
}

/**
 * The jobs in the order of their files; with a shard, every nth of them.
 *
 * @throws UsageError when nothing is named and no scenario is marked
 */
export async function selectJobs(names: string[], directory: string, shard?: Shard): Promise<Job[]> {
  const named = names.map(async name => await jobOf(name, await locateScenario(name, directory)))
  const jobs = names.length > 0 ? await Promise.all(named) : await marked(directory)
  refuseTwins(jobs)
  return jobs.filter((_, position) => !shard || position % shard.of === shard.index - 1)
}

async function marked(directory: string): Promise<Job[]> {
  const files = await findScenarios(directory)
  const loaded = await Promise.all([...files].map(([name, file]) => jobOf(name, file)))
  const jobs = loaded.filter(({ marked }) => marked)
  if (jobs.length > 0) return jobs
  throw new UsageError('No scenario is marked for CI.', {
    place: relative(directory, 'scenarios') || 'scenarios',
    advice:
      files.size > 0
        ? `Write \`ci: true\` in one, or name it: \`npx flamegate ci ${[...files.keys()][0]}\`.`
        : 'Write one; `npx flamegate init` makes a first one.',
  })
}

async function jobOf(name: string, file: string): Promise<Job & { marked: boolean }> {
  try {
    const scenario = await loadScenario(file)
    return {
      scenario: nameOf(scenario, file),
      file,
      declaresBaseline: scenario.baseline !== undefined,
      marked: Boolean(scenario.ci),
      maxTime: limitOf(scenario),
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    // It could be marked, so it must not drop out silently.
    return { scenario: name, file, declaresBaseline: false, marked: true, problem: problemOf(error) }
  }
}

const limitOf = ({ ci }: Scenario) =>
  typeof ci === 'object' && ci.maxTime !== undefined ? parseDuration(ci.maxTime) : undefined

/** Two scenarios of one name would write into one folder. */
function refuseTwins(jobs: Job[]): void {
  const [twin] = jobs.filter(({ scenario }, at) => jobs.findIndex(job => job.scenario === scenario) < at)
  if (!twin) return
  throw new UsageError(`Two scenarios are called \`${twin.scenario}\`.`, {
    place: twin.file,
    advice: 'Give one of them another `name`, or name each scenario once.',
  })
}
