import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readOptions } from '../../../harness/probe/options.cjs'
import { folderWith } from '../../plan/world.ts'
import { runCli } from '../host.ts'

async function written(stack: string) {
  const directory = await folderWith({ 'package.json': '{"name":"shop"}', 'index.js': '' })
  const ran = await runCli(['init', '--stack', stack], { directory })
  expect(ran.code, ran.err).toBe(0)
  const files = [...ran.out.matchAll(/^wrote +(\S+)$/gm)].map(([, path]) => path!)
  return { ran, files, read: (path: string) => readFileSync(join(directory, path), 'utf8'), directory }
}

it('writes a store and an agent for Pyroscope, on this machine only', async () => {
  const { files, read } = await written('pyroscope')
  expect(files).toEqual(['profiling/compose.yml', 'profiling/agent.cjs'])
  const { services, volumes } = parse(read('profiling/compose.yml'))
  expect(services.pyroscope.image).toMatch(/^grafana\/pyroscope:\d/)
  expect(services.pyroscope.ports).toEqual(['127.0.0.1:4040:4040'])
  const mounted = services.pyroscope.volumes.map((text: string) => text.split(':')[0])
  expect(Object.keys(volumes)).toEqual(mounted)
})

it('writes a probe that sends to `serve`, with options that it knows', async () => {
  const { files, read } = await written('flamegate')
  expect(files).toEqual(['profiling/compose.yml', 'profiling/probe.cjs'])
  expect(parse(read('profiling/compose.yml')).services.flamegate.command).toContain('flamegate serve')
  let given: object | undefined
  const require = (name: string) => {
    expect(name).toBe('flamegate/probe')
    return { probe: (options: object) => (given = options) }
  }
  runInNewContext(read('profiling/probe.cjs'), { require, process: { env: {} } })
  expect(readOptions(given)).toMatchObject({ service: 'shop', send: { url: 'http://127.0.0.1:4040' } })
})

it('leaves files that are there as they are, and knows no other stack', async () => {
  const { directory } = await written('pyroscope')
  const again = await runCli(['init', '--stack', 'pyroscope'], { directory })
  expect(again.out).toContain('exists profiling/compose.yml')
  const other = await runCli(['init', '--stack', 'parca'], { directory })
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('There is no stack `parca`')])
})
