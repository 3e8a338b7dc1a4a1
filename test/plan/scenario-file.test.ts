/** Loaded by Node itself, since the place of a mistake is read from what Node says about it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { folderWith, scenarioFile } from './world.ts'

const LOADER = join(import.meta.dirname, '..', '..', 'harness', 'plan', 'scenario-file.ts')

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

test('a syntax error is reported with its line and the source around it', async () => {
  const { file, told } = await failureOf('export default {\n  load: 1,,\n}\n')
  expect(told.message).toMatch(/cannot be loaded: SyntaxError/)
  expect(told.place).toBe(`${file}:2`)
  expect(told.details).toMatch(/load: 1,,\n.*\^/s)
})

test('an error while the file runs is reported with its line', async () => {
  const { file, told } = await failureOf(
    'const load = undefined as never as { x: number }\n\nexport default load.x\n',
  )
  expect(told.message).toMatch(/TypeError: Cannot read properties of undefined/)
  expect(told.place).toBe(`${file}:3`)
})

test('a missing export is reported at its import', async () => {
  const { file, told } = await failureOf(`import { b } from './b.ts'\nexport default b\n`, {
    'b.ts': 'export const a = 1\n',
  })
  expect(told.message).toMatch(/does not provide an export named 'b'/)
  expect(told.place).toBe(`${file}:1`)
})

test.each([
  [
    'an import of Flamegate where it is not installed',
    `import { get } from 'flamegate'\nexport default get`,
    /Install Flamegate in this project/,
  ],
  ['an import of nothing', `import 'nothing-of-that-name'\nexport default {}`, /file extension/],
  ['syntax that types alone cannot have', 'enum Kind { a }\nexport default Kind', /erasable syntax only/],
])('%s comes with its own advice', async (_, content, advice) => {
  expect((await failureOf(content)).told.advice).toMatch(advice)
})

test('a module that Node reads as CommonJS gets advice about its file name', async () => {
  const { told } = await failureOf(`import 'node:fs'\nexport default {}\n`, {
    'package.json': '{ "type": "commonjs" }',
  })
  expect(told.advice).toMatch(/^Rename it to `demo\.mts`/)
})

test('a file without a default export says what it exports', async () => {
  const { file, told } = await failureOf('export const scenario = {}\n')
  expect(told.message).toBe('The scenario file has no default export (it exports scenario).')
  expect(told.place).toBe(file)
  expect(told.advice).toMatch(/export default defineScenario/)
})

test('several mistakes are listed, with advice about the file', async () => {
  const { told } = await failureOf(scenarioFile(`gate: {}, warmup: { requests: '8000' },`))
  expect(told).toMatchObject({
    message: 'The scenario has 2 mistakes.',
    details: [
      "`warmup.requests` must be a whole number from 0 on, but it is '8000': write it without quotes.",
      'There is no setting `gate`. Did you mean `gates`?',
    ].join('\n'),
    advice: 'Change it in the file; inside `defineScenario({ … })` an editor marks such mistakes.',
  })
})

test('a single mistake is the message; a value that is not an object gets other advice', async () => {
  const { told } = await failureOf('export default () => ({})\n')
  expect(told).toMatchObject({
    message: 'The scenario must be an object, but it is a function: call it.',
    advice: 'End the file with `export default defineScenario({ … })`.',
  })
})
