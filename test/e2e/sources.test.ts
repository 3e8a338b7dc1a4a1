/** Sources of a service that do not stay as they were measured. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, recordIn } from './flamegate.ts'
import { scenario, service } from './project.ts'

const HELPER = `export function slow(turns) {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.sqrt(i)
  return text
}
`

/** Writes another helper at every start, and loads it. */
const WRITER = `import { writeFileSync } from 'node:fs'
const helper = new URL('helper.mjs', import.meta.url)
writeFileSync(helper, '// ' + Date.now() + ' ' + process.pid + '\\n' + ${JSON.stringify(HELPER)})
const { slow } = await import(helper)
function handle() {
  return slow(2_000)
}`

it('a file that is written anew at every start is shown without source, and the run says so', async () => {
  const directory = await folderWith({
    'service.mjs': service('response.end(handle())', WRITER),
    'demo.js': scenario(
      "warmup: { requests: 400, timeout: 1_000 }, collectors: ['cpu'], variants: { one: {}, two: {} },",
      "command: ['node', 'service.mjs']",
    ),
  })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ left: [] })
  const { findings, sources = [] } = recordIn(run.output)
  const said = findings.filter(({ code }) => code === 'source-changed')
  expect(said.map(({ message }) => message)).toEqual([
    'helper.mjs changed while the run measured, or can no longer be read: functions in such a file are shown without their source.',
  ])
  expect(sources.filter(({ file }) => file.endsWith('helper.mjs'))).toEqual([])
  expect(readFileSync(join(run.output, 'report.html'), 'utf8')).toContain('helper.mjs')
})

it('packages without a package.json are named by their folder, with their lines', async () => {
  const directory = await folderWith({
    'service.mjs': service(
      'response.end(slow(2_000))',
      "import { slow } from './node_modules/nameless/index.mjs'",
    ),
    'node_modules/nameless/index.mjs': HELPER,
    'demo.js': scenario(
      "warmup: { requests: 400, timeout: 1_000 }, collectors: ['cpu'], variants: { one: {}, two: {} },",
      "command: ['node', 'service.mjs']",
    ),
  })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  const { owners, frames } = JSON.parse(run.stdout)
  expect(owners.map(({ owner }: { owner: string }) => owner)).toContain('nameless')
  expect(frames).toContainEqual(
    expect.objectContaining({ function: 'slow', file: 'node_modules/nameless/index.mjs', line: 1 }),
  )
  const { sources = [], findings } = recordIn(run.output)
  expect(sources.find(({ file }) => file.endsWith('index.mjs'))!.lines).toEqual(HELPER.trimEnd().split('\n'))
  expect(findings.map(({ code }) => code)).not.toContain('source-changed')
})
