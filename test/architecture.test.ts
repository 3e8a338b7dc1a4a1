/** The house's import rules, read from the sources themselves. */
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cycleThrough } from './cycles.ts'

const ROOT = join(import.meta.dirname, '..')

interface Source {
  /** Relative to the repository, with slashes. */
  path: string
  lines: number
  /** Files of the repository that it imports. */
  files: string[]
  /** Packages and Node's modules that it imports. */
  packages: string[]
}

function read(file: string): Source {
  const path = relative(ROOT, file).split(sep).join('/')
  const text = readFileSync(file, 'utf8')
  const specifiers = [
    ...text.matchAll(
      /^(?:import|export)\b[^'"`]*?from\s+'([^']+)'|^import\s+'([^']+)'|\b(?:import|require)\('([^']+)'\)/gm,
    ),
  ].map(match => (match[1] ?? match[2] ?? match[3])!)
  return {
    path,
    lines: text.split('\n').length,
    files: specifiers.filter(name => name.startsWith('.')).map(name => join(dirname(path), name)),
    packages: specifiers.filter(name => /^[@\w]/.test(name)),
  }
}

const isSource = (name: string) => /\.(ts|c?js)$/.test(name) && !name.endsWith('.d.ts')

function sources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && isSource(entry.name))
    .map(entry => read(join(entry.parentPath, entry.name)))
    .filter(({ path }) => !path.includes('/page/'))
}

const CORE = ['harness', 'reports']
const HOUSE = [...CORE, 'validate', 'packaging']

const all = [...HOUSE, 'scenarios', 'targets', 'test'].flatMap(sources)
const under = (folders: string[]) => all.filter(({ path }) => folders.includes(path.split('/')[0]!))
/** Services of `validate/truth/` load the packages that they are about, like those of a user. */
const isService = ({ path }: Source) => path.startsWith('validate/truth/services/')
const [core, house] = [under(CORE), under(HOUSE).filter(source => !isService(source))]
const paths = (found: Source[]) => found.map(({ path }) => path)

/** `harness/plan/gates.ts` → `plan`; a file directly in `harness/` is a room of its own. */
function room(path: string): string {
  const [top, next = ''] = path.split('/')
  if (top !== 'harness') return top!
  return isSource(next) ? `harness/${next}` : next
}

const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name)

/** `@scope/name/deep` → `@scope/name` */
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')

const thirdParty = ({ packages }: Source) => new Set(packages.filter(name => !isBuiltin(name)).map(packageOf))

const STAGES = ['plan', 'provide', 'measure', 'evidence', 'analyze', 'judge', 'store']
const CAPABILITIES = ['loaders', 'collectors', 'metrics', 'baselines']
const OTHERS = ['exchange', 'serve', 'foreign']
const PROFILES = ['profile', 'formats', 'match', 'source-maps', 'heap', 'waits']
/** What everything may stand on: functions of values, and nouns. */
const FOUNDATION = ['model', 'words', 'paths', 'scenario', 'findings', 'stats', 'script', ...PROFILES]

/** Which other rooms a room may import, and why no more. */
const RULES: { rooms: string[]; may: string[]; because: string }[] = [
  { rooms: ['model'], may: [], because: 'the nouns are what everything else stands on' },
  { rooms: ['stats', 'words', 'paths'], may: ['model'], because: 'they know nothing of runs' },
  { rooms: ['scenario'], may: ['model', 'paths', 'stats'], because: 'it says what a scenario file means' },
  { rooms: ['findings'], may: ['model'], because: 'a finding is data: a code, a severity, advice' },
  { rooms: ['kernel'], may: ['model', 'words'], because: 'it reads the operating system, for anyone' },
  {
    rooms: ['profile'],
    may: ['model', 'stats'],
    because: 'a profile is a value, wherever it came from, and its numbers are added up',
  },
  {
    rooms: ['formats', 'match', 'source-maps', 'heap', 'waits'],
    may: ['model', 'words', 'stats', ...PROFILES],
    because: 'they turn files into profiles, and profiles into profiles',
  },
  {
    rooms: ['attach'],
    may: [...FOUNDATION, 'kernel'],
    because: 'it turns a process that runs into profiles',
  },
  { rooms: OTHERS, may: FOUNDATION, because: 'they know what others send, and no runs' },
  { rooms: ['git'], may: ['model', 'words', 'paths'], because: 'it knows a repository, and nothing of runs' },
  {
    rooms: ['script'],
    may: ['model', 'stats', 'words'],
    because: 'what is sent depends on the script and a seed alone',
  },
  {
    rooms: ['plan', 'evidence', 'analyze', 'judge', 'store'],
    may: FOUNDATION,
    because: 'stages meet in bench.ts only, so each can be tested and changed alone',
  },
  {
    rooms: ['measure'],
    may: [...FOUNDATION, 'kernel'],
    because: 'a stage that reads the counters of processes',
  },
  { rooms: ['provide'], may: [...FOUNDATION, 'git'], because: 'a stage whose result may be a checkout' },
  {
    rooms: ['loaders', 'collectors', 'metrics'],
    may: [...FOUNDATION, 'kernel'],
    because: 'a capability is one file that plugs in; it must not know who uses it',
  },
  { rooms: ['baselines'], may: [...FOUNDATION, 'git'], because: 'a baseline can be a commit' },
  { rooms: ['yardstick'], may: [], because: 'what never changes can rest on nothing that does' },
  { rooms: ['agent'], may: [], because: 'it runs inside somebody else’s process, on any Node from 20 on' },
  { rooms: ['probe'], may: ['agent'], because: 'it runs there too, and follows requests alike' },
  {
    rooms: ['reports'],
    may: ['model', 'words', 'paths', 'findings'],
    because: 'a report is rendered from a value, anywhere, also from a saved one',
  },
  { rooms: ['harness/capabilities.ts'], may: ['model', 'plan'], because: 'plan reads the list of plugins' },
  { rooms: ['harness/world.ts'], may: ['model', 'kernel'], because: 'it only describes this process' },
  {
    rooms: ['harness/bench.ts'],
    may: [...FOUNDATION, ...STAGES, 'harness/capabilities.ts', 'harness/world.ts'],
    because: 'the spine joins the stages and nothing else',
  },
  {
    rooms: ['harness/index.ts', 'harness/plugin.ts'],
    may: [...FOUNDATION, 'metrics', 'harness/bench.ts', 'harness/capabilities.ts', 'harness/world.ts'],
    because: 'the public API only re-exports',
  },
  { rooms: ['contract'], may: FOUNDATION, because: 'it checks capabilities that it has never seen' },
  {
    rooms: ['validate'],
    may: [
      ...[...FOUNDATION, ...STAGES, ...CAPABILITIES, 'kernel', 'probe', 'serve', 'foreign', 'reports'],
      ...['packaging', 'scenarios', 'test'],
      ...['bench', 'capabilities', 'index', 'world'].map(name => `harness/${name}.ts`),
    ],
    because: 'experiments measure every room but the command line, which they start as a user does',
  },
  { rooms: ['packaging'], may: ['cli'], because: 'it writes the reference of the flags' },
]

/** The only room that may import a package: its door. */
const DOORS: Record<string, { rooms: string[]; because: string }> = {
  'simple-statistics': { rooms: ['stats'], because: 'one place decides which estimator is meant' },
  'pprof-format': {
    rooms: ['formats', 'validate'],
    because: 'everybody else speaks Profile, and its speed is measured against the bare decoder',
  },
  '@jridgewell/trace-mapping': {
    rooms: ['source-maps'],
    because: 'a source map only says where the functions of a profile stand',
  },
  acorn: { rooms: ['match', 'script', 'validate'], because: 'it reads functions, and scripts of others' },
  execa: {
    rooms: ['measure', 'provide', 'git', 'validate'],
    because: 'whatever starts a process has to stop it',
  },
  undici: { rooms: ['measure', 'validate'], because: 'checks need no client of their own' },
  handlebars: { rooms: ['reports'], because: 'only the page is made of templates' },
  'hdr-histogram-js': { rooms: ['stats'], because: 'a histogram is a number with many digits' },
  zod: {
    rooms: ['plan', 'store', 'model', ...OTHERS],
    because: 'shapes are checked at the borders, and the types of records follow from their shapes',
  },
  k6: { rooms: ['loaders'], because: 'its client runs inside k6, which brings these modules along' },
  yaml: { rooms: ['plan', 'script'], because: 'others write services and tests in YAML' },
  express: { rooms: ['validate'], because: 'what the probe costs is measured in a usual service' },
  autocannon: { rooms: ['validate'], because: 'the closed loop is measured against it' },
  'playwright-core': { rooms: ['validate'], because: 'the page is measured in a real browser' },
  flamegate: { rooms: ['validate'], because: 'a scenario imports it by name, like anybody else’s' },
}

const crossings = (rooms: string[], may: string[]) =>
  house
    .filter(({ path }) => rooms.includes(room(path)))
    .flatMap(({ path, files }) =>
      files
        .filter(file => room(file) !== room(path) && !may.includes(room(file)))
        .map(file => `${path} imports ${file}`),
    )

describe('rooms', () => {
  test('the reader of imports sees them', () => {
    const gates = house.find(({ path }) => path === 'harness/plan/gates.ts')!
    expect(gates.files).toContain('harness/model/errors.ts')
    expect(house.find(({ path }) => path === 'harness/plan/schema.ts')!.packages).toContain('zod')
  })

  for (const { rooms, may, because } of RULES) {
    const allowed = may.length > 0 ? may.join(', ') : 'nothing of the house'
    test(`${rooms.join(', ')} may import ${allowed}: ${because}`, () => {
      expect(crossings(rooms, may)).toEqual([])
    })
  }

  test('every room has a rule', () => {
    const ruled = new Set(RULES.flatMap(({ rooms }) => rooms))
    const free = new Set(['cli', 'harness/bin.js'])
    expect(
      [...new Set(house.map(({ path }) => room(path)))].filter(name => !ruled.has(name) && !free.has(name)),
    ).toEqual([])
  })

  test('nobody imports cli: argv, terminals and exit codes stay there', () => {
    const outside = core.filter(({ path }) => !['cli', 'harness/bin.js'].includes(room(path)))
    expect(paths(outside.filter(({ files }) => files.some(file => room(file) === 'cli')))).toEqual([])
  })

  test('only tests import validate: nothing that is shipped rests on an experiment', () => {
    const outside = all.filter(({ path }) => !['validate', 'test'].includes(room(path)))
    expect(paths(outside.filter(({ files }) => files.some(file => room(file) === 'validate')))).toEqual([])
  })

  test('a capability never imports its neighbour capability folders, nor more than one package', () => {
    const capabilities = house.filter(({ path }) => CAPABILITIES.includes(room(path)))
    expect(paths(capabilities.filter(source => thirdParty(source).size > 1))).toEqual([])
  })
})

describe('packages', () => {
  for (const [name, { rooms, because }] of Object.entries(DOORS)) {
    test(`${name} is imported in ${rooms.join(' and ')} only: ${because}`, () => {
      const users = house.filter(source => thirdParty(source).has(name))
      expect(paths(users).filter(path => !rooms.includes(room(path)))).toEqual([])
    })
  }

  test('every package has a door: a dependency is a decision', () => {
    const used = new Set(house.flatMap(source => [...thirdParty(source)]))
    expect([...used].filter(name => !Object.hasOwn(DOORS, name))).toEqual([])
  })
})

describe('effects', () => {
  const users = (modules: string[]) =>
    house.filter(({ packages }) => packages.some(name => modules.includes(name)))

  test('rooms of values have no effects: no files, processes or sockets', () => {
    const pure = [...FOUNDATION, 'evidence', 'analyze', 'judge', 'metrics', 'reports']
    const effects = 'fs fs/promises child_process net http https worker_threads os'
    const impure = paths(users(effects.split(' ').map(name => `node:${name}`)))
    // The page's own template and script are read once, when the module is loaded.
    expect(impure.filter(path => pure.includes(room(path)) && !path.startsWith('reports/html/'))).toEqual([])
  })

  test('only kernel/ names files of the operating system: one parser for each format', () => {
    const mentions = ({ path }: Source) => /\/(proc|sys)\//.test(readFileSync(join(ROOT, path), 'utf8'))
    // These look at processes from outside, like a test, and must not rest on the parser that they are held against.
    const outside = /^validate\/(faults\/|truth\/independent)/
    const readers = paths(all.filter(mentions)).filter(path => !outside.test(path))
    const rooms = new Set(readers.map(room))
    expect([...rooms].filter(name => !['kernel', 'agent', 'probe', 'test'].includes(name))).toEqual([])
    expect(rooms).toContain('kernel')
  })

  test('the core never prints and never exits: only cli knows a terminal', () => {
    const talkers = core.filter(({ path }) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return /\bconsole\.|process\.(stdout|stderr|exit\()/.test(text)
    })
    const allowed = (path: string) =>
      ['cli', 'harness/bin.js', 'agent', 'probe'].includes(room(path)) || path.includes('/driver/')
    expect(paths(talkers).filter(path => !allowed(path))).toEqual([])
  })
})

describe('files', () => {
  test('none has more than 300 lines: a longer one holds two concepts', () => {
    expect(all.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })

  test('none takes a path from a URL: `pathname` is not one where a folder has a space, `#` or `ü`', () => {
    const wrong = /import\.meta\.url\s*\)\s*\.pathname/
    expect(wrong.test(['import.meta.url)', 'pathname'].join('.'))).toBe(true)
    const docs = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'))
    const files = [...paths(all), 'README.md', ...docs.map(name => `docs/${name}`)]
    expect(files.filter(path => wrong.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
  })

  test('there is no import cycle', () => {
    const imports = new Map(house.map(({ path, files }) => [path, files]))
    expect([...imports.keys()].map(path => cycleThrough(path, imports)).filter(Boolean)).toEqual([])
  })
})
