/** A service that a loader compiles: its rows and the source beside them are those of its own files. */
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { buildCallTree } from '../../harness/profile/index.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, left } from './flamegate.ts'

const SERVICE = `// The first comment, not a function.
import { createServer } from 'node:http'

interface Answer {
  text: string
}

export function slow(turns: number): Answer {
  let text = ''
  for (let i = 0; i < turns; i++) text += Math.sqrt(i)
  return { text }
}

createServer((_, response) => response.end(slow(2_000).text)).listen(Number(process.env.PORT), '127.0.0.1')
`

const SCENARIO = `export default {
  target: { name: 'service', command: ['node', '--import', '${import.meta.resolve('tsx')}', 'server.ts'], directory: import.meta.dirname },
  variants: { one: {}, two: {} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: ['cpu', 'allocation'],
}
`

const LINE = 8

it('tsx: the slow function in its line, and its source beside it', async () => {
  const directory = realpathSync(await folderWith({ 'server.ts': SERVICE, 'demo.js': SCENARIO }))
  const { child, output } = flamegate(['demo.js', '--rounds', '2', '--json'], directory)
  const { stdout, stderr } = await child
  expect({ stderr, left: left(output) }).toEqual({ stderr: '', left: [] })

  const { frames } = JSON.parse(stdout)
  const rows = frames.filter((row: { function: string }) => row.function === 'slow')
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row).toMatchObject({ line: LINE, category: 'application' })

  const { rounds, sources, findings } = JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))
  expect(findings.map(({ code }: { code: string }) => code)).not.toContain('no-source-map')
  const file = join(directory, 'server.ts')
  expect(sources).toContainEqual({
    file,
    from: LINE,
    lines: SERVICE.split('\n').slice(LINE - 1, LINE + 7),
  })
  expect(sources.filter((it: { file: string; from: number }) => it.file === file && it.from === 1)).toEqual(
    [],
  )
  for (const { launches } of rounds)
    for (const { captures } of launches)
      for (const { profile } of Object.values(captures) as { profile: string }[]) {
        const tree = buildCallTree([decodePprof(Buffer.from(profile, 'base64'))])
        const lines = tree.frames.filter(frame => frame.file === file).map(({ line }) => line)
        expect(lines.filter(line => line === 1)).toEqual([])
      }
})
