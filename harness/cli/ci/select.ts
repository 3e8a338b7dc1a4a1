/** Which scenarios a CI job runs: those that are named or marked, and of these the ones of its shard. */
import { relative } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import type { Problem } from '../../model/outcome.ts'
import type { Scenario } from '../../model/scenario.ts'
import { findScenarios, loadScenario, locateScenario, nameOf, parseDuration } from '../../plan/index.ts'
import { problemOf } from '../problem.ts'

export interface Job {
  scenario: string
  /** Absolute path of its file. */
  file: string
  /** Milliseconds that it may take of the common time; absent when it says nothing. */
  maxTime?: number
  /** Whether it is judged against a variant of its own, so that no commit is needed. */
  declaresBaseline: boolean
  /** Why it cannot be loaded. */
  problem?: Problem
}

export interface Shard {
  index: number
  of: number
}

/**
 * The jobs in the order of their files; every nth of them with a shard, none when there are more shards than jobs.
 *
 * @throws UsageError when nothing is named and no scenario is marked
 */
export async function selectJobs(names: string[], directory: string, shard?: Shard): Promise<Job[]> {
  const jobs = names.length > 0 ? await named(names, directory) : await marked(directory)
  refuseTwins(jobs)
  return jobs.filter((_, position) => !shard || position % shard.of === shard.index - 1)
}

const named = (names: string[], directory: string) =>
  Promise.all(names.map(async name => await jobOf(name, await locateScenario(name, directory))))

async function marked(directory: string): Promise<Job[]> {
  const files = await findScenarios(directory)
  const loaded = await Promise.all([...files].map(async ([name, file]) => await jobIfMarked(name, file)))
  const jobs = loaded.filter(job => job !== null)
  if (jobs.length > 0) return jobs
  throw new UsageError('No scenario is marked for CI.', {
    place: relative(directory, 'scenarios') || 'scenarios',
    advice:
      files.size > 0
        ? `Write \`ci: true\` in one, or name it: \`npx flamegate ci ${[...files.keys()][0]}\`.`
        : 'Write one: `npx flamegate init` begins with it.',
  })
}

/** A file that does not load may be marked: it must not drop out of the job in silence. */
async function jobIfMarked(name: string, file: string): Promise<Job | null> {
  const job = await jobOf(name, file)
  return job.problem || job.marked ? job : null
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
    return { scenario: name, file, declaresBaseline: false, marked: true, problem: problemOf(error) }
  }
}

const limitOf = ({ ci }: Scenario) =>
  typeof ci === 'object' && ci.maxTime !== undefined ? parseDuration(ci.maxTime) : undefined

/** Two of one name would write into one folder. */
function refuseTwins(jobs: Job[]): void {
  const [twin] = jobs.filter(({ scenario }, at) => jobs.findIndex(job => job.scenario === scenario) < at)
  if (!twin) return
  throw new UsageError(`Two scenarios are called \`${twin.scenario}\`.`, {
    place: twin.file,
    advice: 'Give one of them another `name`, or name each scenario once.',
  })
}
