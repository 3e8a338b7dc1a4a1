/** The files that `init` writes. */
import { GITHUB_WORKFLOW, GITLAB_WORKFLOW } from './workflows.ts'

export interface Answers {
  name: string
  command: string[]
  environment: Record<string, string>
  routes: string[]
  ready?: string
  /** `.ts` where the project's files are modules, else `.mts`. */
  extension: string
  workflow: 'github' | 'gitlab' | 'none'
}

export interface File {
  /** Relative to the project. */
  path: string
  content: string
}

export function filesFor(answers: Answers): File[] {
  const { name, extension, workflow } = answers
  return [
    { path: `targets/${name}${extension}`, content: target(answers) },
    { path: `scenarios/${name}${extension}`, content: scenario(answers) },
    ...(workflow === 'github' ? [{ path: '.github/workflows/flamegate.yml', content: GITHUB_WORKFLOW }] : []),
    ...(workflow === 'gitlab' ? [{ path: 'flamegate.gitlab-ci.yml', content: GITLAB_WORKFLOW }] : []),
  ]
}

/** Source text of a string. */
const text = (value: string) =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`

const list = (values: string[]) => `[${values.map(text).join(', ')}]`

const source = (...lines: string[]) => `${lines.join('\n')}\n`

function target({ name, command, environment, ready, routes }: Answers): string {
  const settings = Object.entries(environment).map(([key, value]) => `${text(key)}: ${text(value)}`)
  return source(
    "import { join } from 'node:path'",
    "import { defineTarget } from 'flamegate'",
    '',
    '/** How the service is started; it has to listen on the PORT of its environment. */',
    'export const service = defineTarget({',
    `  name: ${text(name)},`,
    `  command: ${list(command)},`,
    "  directory: join(import.meta.dirname, '..'),",
    ...(settings.length > 0 ? [`  environment: { ${settings.join(', ')} },`] : []),
    `  ready: ${text(ready ?? routes[0]!)}, // answers 2xx once the service is ready`,
    '})',
  )
}

function scenario({ name, routes, extension }: Answers): string {
  return source(
    "import { defineScenario, get } from 'flamegate'",
    `import { service } from ${text(`../targets/${name}${extension}`)}`,
    '',
    'export default defineScenario({',
    `  description: ${text(`The routes of ${name}, one after the other.`)},`,
    '  target: service,',
    `  load: { steps: [${routes.map(route => `get(${text(route)})`).join(', ')}] },`,
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
