/** `compare` of results of other load engines; autocannon is run for real. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { expect, it, onTestFinished } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

const H2LOAD = readFileSync(join(import.meta.dirname, '../foreign/results/h2load.tsv'), 'utf8')

it('compares two files, and two folders with intervals', async () => {
  const directory = await folderWith({
    'before/1.tsv': H2LOAD,
    'before/2.tsv': H2LOAD.replace('\t559\n', '\t560\n'),
    'after/1.tsv': H2LOAD,
    'after/2.tsv': H2LOAD.replace('\t559\n', '\t570\n'),
  })
  const files = await runCli(['compare', 'before/1.tsv', 'after/1.tsv'], { directory })
  expect(files.code, files.err).toBe(0)
  expect(files.out).toMatch(/Results of h2load, compared\n\n {2}Throughput/)
  expect(files.out).toContain('No interval can be given')
  const folders = await runCli(['compare', 'before', 'after', '--json'], { directory })
  const { rows } = JSON.parse(folders.out)
  expect(rows[1]).toMatchObject({ title: 'Latency p50', change: { estimate: 0 } })
})

it('reads what autocannon prints', async () => {
  const server = createServer((_, response) => response.end('ok'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const result = await autocannon({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    amount: 200,
    connections: 2,
  })
  const directory = await folderWith({ 'a.json': JSON.stringify(result), 'b.json': JSON.stringify(result) })
  const ran = await runCli(['compare', 'a.json', 'b.json', '--json'], { directory })
  expect(ran.code, ran.err).toBe(0)
  expect(JSON.parse(ran.out).before[0]).toMatchObject({ engine: 'autocannon', requests: 200, errors: 0 })
})

it.each([
  [{ a: H2LOAD, b: '{}' }, 'One side is a result of another load engine'],
  [{ a: H2LOAD, b: 'metric_name,timestamp,metric_value,check\n' }, 'it has no requests'],
])('%# is refused', async (files, said) => {
  const ran = await runCli(['compare', 'a', 'b'], { directory: await folderWith(files) })
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(said)])
})
