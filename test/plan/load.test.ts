/** Loaded by Node itself, since the place of a mistake is read from what Node says about it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parseScenario } from '../../harness/plan/schema.ts'
import { folderWith, scenarioFile } from './world.ts'

const LOADER = join(import.meta.dirname, '..', '..', 'harness', 'plan', 'load.ts')

interface Told {
  message: string
  place: string
  advice: string
  details?: string
}

async function failureOf(content: string, others: Record<string, string> = {}) {
  const directory = await folderWith({ 'demo.ts': content, ...others })
  const file = join(directory, 'demo.ts')
  const script = `import { loadScenario } from ${JSON.stringify(LOADER)}
    const tell = ({ message, place, advice, details }) => ({ message, place, advice, details })
    console.log(JSON.stringify(await loadScenario(${JSON.stringify(file)}).then(() => ({}), tell)))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return { file, directory, told: JSON.parse(stdout) as Told }
}

test('a syntax error is told with its line and the source around it', async () => {
  const { file, told } = await failureOf('export default {\n  load: 1,,\n}\n')
  expect(told.message).toMatch(/cannot be loaded: SyntaxError/)
  expect(told.place).toBe(`${file}:2`)
  expect(told.details).toMatch(/load: 1,,\n.*\^/s)
})

test('an error while the file runs is told with its line', async () => {
  const { file, told } = await failureOf(
    'const load = undefined as never as { x: number }\n\nexport default load.x\n',
  )
  expect(told.message).toMatch(/TypeError: Cannot read properties of undefined/)
  expect(told.place).toBe(`${file}:3`)
})

test('a missing name in an imported file is told where it is imported', async () => {
  const { file, told } = await failureOf(`import { b } from './b.ts'\nexport default b\n`, {
    'b.ts': 'export const a = 1\n',
  })
  expect(told.message).toMatch(/does not provide an export named 'b'/)
  expect(told.place).toBe(`${file}:1`)
})

test.each([
  ['an import of nothing', `import 'nothing-of-that-name'\nexport default {}`, /file extension/],
  ['syntax that types alone cannot have', 'enum Kind { a }\nexport default Kind', /erasable syntax only/],
])('%s comes with its own advice', async (_, content, advice) => {
  expect((await failureOf(content)).told.advice).toMatch(advice)
})

test('a file without a default export says what it exports', async () => {
  const { file, told } = await failureOf('export const scenario = {}\n')
  expect(told.message).toBe('The scenario file has no default export (it exports scenario).')
  expect(told.place).toBe(file)
  expect(told.advice).toMatch(/export default defineScenario/)
})

test('a scenario of the wrong shape names each wrong part', async () => {
  const { told } = await failureOf(scenarioFile(`gate: {}, warmup: { requests: '8000' }, baseline: 'plan',`))
  expect(told.details?.split('\n').sort()).toEqual([
    expect.stringMatching(/^scenario: .*"gate"/),
    expect.stringMatching(/^warmup\.requests: .*number/),
  ])
})

const step = { name: 'x', method: 'GET', path: '/' }
const target = { name: 'x', command: ['node'], directory: '/' }
const good = { target, variants: { a: {}, b: {} }, baseline: 'a', load: { steps: [step] } }

test('a good scenario comes through unchanged', () => {
  expect(parseScenario(good)).toEqual({ scenario: good })
})

test.each([
  ['nothing', null, /^scenario: /],
  ['a baseline that is no variant', { ...good, baseline: 'toString' }, /^baseline: is none of the variants/],
  ['a variant whose name leaves a folder', { ...good, variants: { a: {}, '../b': {} } }, /b/],
  ['a name that leaves a folder', { ...good, name: '../x' }, /^name: /],
  [
    'a relative folder',
    { ...good, target: { ...target, directory: '.' } },
    /^target\.directory: give an absolute path/,
  ],
  ['no steps', { ...good, load: { steps: [] } }, /^load\.steps: needs one request/],
  [
    'a path without a slash',
    { ...good, load: { steps: [{ ...step, path: 'x' }] } },
    /^load\.steps\[0\]\.path: /,
  ],
  [
    'a header of two lines',
    { ...good, load: { steps: [{ ...step, headers: { a: 'b\r\nc: d' } }] } },
    /one line/,
  ],
  [
    'endless connections',
    { ...good, load: { steps: [step], connections: Infinity } },
    /^load\.connections: /,
  ],
])('%s is refused', (_, scenario, problem) => {
  expect(parseScenario(scenario)).toEqual({
    problems: expect.arrayContaining([expect.stringMatching(problem)]),
  })
})
