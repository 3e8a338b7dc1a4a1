/** The files that `init` writes. */
import { posix } from 'node:path'
import type { GraphqlQuery } from './conventions.ts'
import type { MixedRoute } from './traffic.ts'
import { githubWorkflow, gitlabWorkflow, type Job } from './workflows.ts'

export interface Answers {
  name: string
  command: string[]
  environment: Record<string, string>
  routes: string[]
  /** What production is asked for, instead of routes. */
  mix?: MixedRoute[]
  /** Asked instead of routes. */
  graphql?: GraphqlQuery
  ready?: string
  /** The port in its sources, if they do not read `PORT`. */
  port?: number
  /** The build command. */
  build?: string[]
  /** Files that a checkout lacks. */
  copy: string[]
  extension: string
  workflow: 'github' | 'gitlab' | 'none'
  job: Job
  /** The repository's folder, relative to the project. */
  root: string
}

export type TargetAnswers = Pick<
  Answers,
  'name' | 'command' | 'environment' | 'ready' | 'port' | 'build' | 'copy' | 'extension'
>

export interface File {
  /** Relative to the project. */
  path: string
  content: string
}

export function filesFor(answers: Answers): File[] {
  const { name, extension, workflow, job, root } = answers
  const files = [targetFile(answers), { path: `scenarios/${name}${extension}`, content: scenario(answers) }]
  const add = (path: string, content: string) => files.push({ path: posix.join(root, path), content })
  if (workflow === 'github') add(`.github/workflows/${jobName(name, root)}.yml`, githubWorkflow(job))
  if (workflow === 'gitlab') add(gitlabFile(name, root), gitlabWorkflow(job))
  return files
}

/** GitHub runs only workflows in the root of the repository, and each package in it can have one. */
const jobName = (name: string, root: string) => (root === '.' ? 'flamegate' : `flamegate-${name}`)

/** Relative to the repository. */
export const gitlabFile = (name: string, root: string): string => `${jobName(name, root)}.gitlab-ci.yml`

/** Source text of a string. */
const text = (value: string) =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`

const list = (values: string[]) => `[${values.map(text).join(', ')}]`

const source = (...lines: string[]) => `${lines.join('\n')}\n`

export const targetFile = (answers: TargetAnswers): File => ({
  path: `targets/${answers.name}${answers.extension}`,
  content: target(answers),
})

function target({ name, command, environment, ready, port, build, copy }: TargetAnswers): string {
  const settings = Object.entries(environment).map(([key, value]) => `${text(key)}: ${text(value)}`)
  return source(
    "import { join } from 'node:path'",
    "import { defineTarget } from 'flamegate'",
    '',
    port === undefined
      ? '/** How the service is started; it has to listen on the PORT of its environment. */'
      : '/** How the service is started. */',
    'export const service = defineTarget({',
    `  name: ${text(name)},`,
    `  command: ${list(command)},`,
    "  directory: join(import.meta.dirname, '..'),",
    ...(settings.length > 0 ? [`  environment: { ${settings.join(', ')} },`] : []),
    ...(port === undefined
      ? []
      : [`  port: ${port}, // in its source; each variant gets another one instead`]),
    ...(ready === undefined ? [] : [`  ready: ${text(ready)}, // answers 2xx once the service is ready`]),
    ...(build ? [`  build: ${list(build)}, // before each run, so that no old build is measured`] : []),
    ...(copy.length > 0
      ? [`  copy: ${list(copy)}, // git ignores them; an earlier commit needs them too`]
      : []),
    '})',
  )
}

function scenario({ name, routes, mix, graphql, extension }: Answers): string {
  const steps = graphql
    ? [`post(${text(graphql.path)}, json({ query: ${text(graphql.query)} }))`]
    : (mix?.map(({ path, weight }) => `get(${text(path)}, { weight: ${weight} })`) ??
      routes.map(route => `get(${text(route)})`))
  return source(
    `import { defineScenario, ${graphql ? 'json, post' : 'get'} } from 'flamegate'`,
    `import { service } from ${text(`../targets/${name}${extension}`)}`,
    '',
    'export default defineScenario({',
    `  description: ${text(mix ? `The routes of ${name}, as often as production asks for them.` : `The routes of ${name}, one after the other.`)},`,
    '  target: service,',
    ...(mix
      ? ['  load: {', '    steps: [', ...steps.map(step => `      ${step},`), '    ],', '  },']
      : [`  load: { steps: [${steps.join(', ')}] },`]),
    '  gates: {',
    "    'cpu.perRequest': '+3%',",
    "    // 'latency.p99': { change: '+10%', level: 'warn' }, // sends at a fixed rate, see docs/load.md",
    '    errors: 0,',
    '  },',
    '  sameAnswers: false, // a commit may change what is answered; with true that ends the run',
    '  ci: true,',
    '})',
  )
}
