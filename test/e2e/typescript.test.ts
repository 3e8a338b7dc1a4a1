/** A service that is compiled while it loads: its rows and their source lines are from its own files. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { buildCallTree } from '../../harness/profile/index.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { scenario, service } from './project.ts'

const SLOW = `
interface Answer {
  text: string
}

export function slow(turns: number): Answer {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.sqrt(i)
  return { text }
}`

const SERVICE = `// The first comment, not a function.\n${service('response.end(slow(2_000).text)', SLOW)}`

const SCENARIO = scenario(
  "variants: { one: {}, two: {} }, warmup: { requests: 400, timeout: 1_000 }, collectors: ['cpu', 'allocation'],",
  `command: ['node', '--import', '${import.meta.resolve('tsx')}', 'server.ts']`,
)

const LINE = 8

it('a service under tsx has its slow function at its line, with its source', async () => {
  const directory = realpathSync(await folderWith({ 'server.ts': SERVICE, 'demo.js': SCENARIO }))
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const rows = printed(run).frames.filter(row => row.function === 'slow')
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row).toMatchObject({ line: LINE, category: 'application' })

  const { rounds, sources, findings } = recordIn(run.output)
  expect(findings.map(({ code }) => code)).not.toContain('no-source-map')
  const file = join(directory, 'server.ts')
  const lines = SERVICE.split('\n').slice(LINE - 1, LINE + 4)
  expect(sources).toContainEqual(expect.objectContaining({ file, from: LINE, lines }))
  expect(sources!.filter(it => it.file === file && it.from === 1)).toEqual([])
  for (const { launches } of rounds)
    for (const { collected } of launches)
      for (const { profile } of Object.values(collected)) {
        const tree = buildCallTree([decodePprof(Buffer.from(profile!, 'base64'))])
        const lines = tree.frames.filter(frame => frame.file === file).map(({ line }) => line)
        expect(lines.filter(line => line === 1)).toEqual([])
      }
})
