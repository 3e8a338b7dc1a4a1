/** The workflows that `init` writes and the documentation shows. */
import type { Manager } from './surroundings.ts'

export interface Job {
  /** Absent: there is no lock file. */
  manager?: Manager
  berry?: boolean
  /** Whether the manifest names the version of the manager. */
  pinned?: boolean
  /** Folder of the project in the repository; `.` for its root. */
  folder?: string
  /** Where Flamegate is installed, relative to the repository. */
  installed?: string
}

const LATEST = `
        with:
          version: latest`

/** The steps before Node is set up, the cache that it can use, and the command that installs the lock file. */
function installing({ manager, berry, pinned }: Job): { setup: string[]; cache?: string; install: string } {
  switch (manager) {
    case 'pnpm':
      return {
        setup: [`uses: pnpm/action-setup@v4${pinned ? '' : LATEST}`],
        cache: 'pnpm',
        install: 'pnpm install --frozen-lockfile',
      }
    case 'yarn':
      return berry
        ? { setup: ['run: corepack enable'], install: 'yarn install --immutable' }
        : { setup: [], cache: 'yarn', install: 'yarn install --frozen-lockfile' }
    case 'bun':
      return { setup: ['uses: oven-sh/setup-bun@v2'], install: 'bun install --frozen-lockfile' }
    case 'npm':
      return { setup: [], cache: 'npm', install: 'npm ci' }
    default:
      return { setup: [], install: 'npm install' }
  }
}

export function githubWorkflow(job: Job): string {
  const { setup, cache, install } = installing(job)
  const { folder = '.', installed = 'node_modules/flamegate' } = job
  return `name: flamegate

on:
  pull_request:

permissions:
  contents: read
  pull-requests: write # for the comment

jobs:
  flamegate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # the merge base has to be there
${setup.map(step => `      - ${step}\n`).join('')}      - uses: actions/setup-node@v5
        with:
          node-version: 24
${cache ? `          cache: ${cache}\n` : ''}      - run: ${install}
      - uses: ./${installed}
        with:
          budget: 10m
${folder === '.' ? '' : `          directory: ${folder}\n`}`
}

export function gitlabWorkflow(job: Job): string {
  const { install } = installing(job)
  const { folder = '.', manager, berry } = job
  const corepack = manager === 'pnpm' || berry
  const within = folder === '.' ? '' : `${folder}/`
  const lines = [
    ...(corepack ? ['corepack enable'] : manager === 'bun' ? ['npm install --global bun'] : []),
    install,
    ...(folder === '.' ? [] : [`cd ${folder}`]),
    'npx --no-install flamegate ci --budget 10m --output flamegate-report',
  ]
  return `flamegate:
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: '0' # the merge base has to be there
  timeout: 30 minutes
  script:
${lines.map(line => `    - ${line}\n`).join('')}  artifacts:
    when: always
    paths:
      - ${within}flamegate-report
    reports:
      junit: ${within}flamegate-report/junit.xml
`
}
