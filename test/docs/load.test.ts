/** Every example of docs/load.md is a scenario that can be planned. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import * as api from '../../harness/index.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { folderWith, worldIn } from '../plan/world.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const API = join(ROOT, 'harness', 'index.ts')
const text = readFileSync(join(ROOT, 'docs', 'load.md'), 'utf8')
const examples = [...text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(match => match[1]!)

const capabilities = await loadCapabilities()

/** An example that is a part of a scenario gets the rest of one around it. */
function whole(example: string): string {
  if (example.includes('defineScenario')) return example.replace("'flamegate'", `'${API}'`)
  const target = "target: { name: 'shop', command: ['node', 'server.js'], directory: import.meta.dirname },"
  const load = "load: { steps: [get('/')] },"
  const rest = example.startsWith('load:') ? target : load
  const names = Object.keys(api).join(', ')
  return `import { ${names} } from '${API}'
export default defineScenario({ ${rest} variants: { a: {}, b: {} }, baseline: 'a', ${example.trimEnd()} })`
}

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(10)
})

test.each(examples)('%s', async example => {
  const directory = await folderWith({
    'scenarios/demo.ts': whole(example),
    'scenarios/picture.png': 'not really',
    'scenarios/products.csv': 'id,name\n7,Shoes\n',
  })
  const plan = await makePlan({ scenario: 'demo' }, worldIn(directory), capabilities)
  expect(plan.load.steps.length).toBeGreaterThan(0)
})
