/** `diff` on files of every kind that people have, and on those that hold several profiles, or a part of one. */
import { describe, expect, test } from 'vitest'
import { filePath } from '../formats/files.ts'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

interface Document {
  before: { profiles: number }
  value: { type: string; unit: string }
  frames: { change: { estimate: number } }[]
  findings: { code: string; message: string }[]
}

/** Runs `diff` on two profiles. */
async function diff(before: string, after: string) {
  const directory = await folderWith({})
  const words = ['diff', filePath(before), filePath(after), '--output', 'out', '--json']
  const { code, out } = await runCli(words, { directory })
  return { code, json: JSON.parse(out) as Document }
}

const found = (json: Document, code: string) =>
  json.findings.filter(it => it.code === code).map(({ message }) => message)

describe('parts of a whole', () => {
  test.each(['workers', 'cluster', 'heap-workers'])('%s: one profile, and a finding says so', async name => {
    const { code, json } = await diff(name, name)
    expect({ code, profiles: json.before.profiles }).toEqual({ code: 0, profiles: 1 })
    expect(found(json, 'added-up')).toHaveLength(2)
    expect(found(json, 'added-up')[0]).toMatch(/recorded at the same time, and added up: (CPU|Heap)\./)
    expect(found(json, 'no-intervals')).toHaveLength(1)
  })

  test('a Chrome trace says whose profile was read', async () => {
    const { json } = await diff('chrome.trace.json.gz', 'chrome.trace.json.gz')
    expect(found(json, 'one-of-several')[0]).toMatch(/CrRendererMain .* was read, not DedicatedWorker/)
  })
})

describe('formats', () => {
  test.each([
    'perf-script.txt.gz',
    'node26.trace.json',
    'chrome.trace.json.gz',
    'bun1.3.cpuprofile',
    'evented.speedscope.json',
    'py-spy.speedscope.json',
    'py-spy.folded',
    'off-cpu.folded',
  ])('%s is compared with itself without a change', async name => {
    const { code, json } = await diff(name, name)
    expect(code).toBe(0)
    expect(json.frames.length).toBeGreaterThan(0)
    expect(json.frames.every(({ change }) => change.estimate === 0)).toBe(true)
  })

  test.each([
    ['node26.trace.json', 'evented.speedscope.json'],
    ['node26.cpuprofile', 'perf-script.txt.gz'],
    ['bun1.3.cpuprofile', 'bun1.4.cpuprofile'],
  ])('%s and %s are compared in nanoseconds', async (before, after) => {
    const { code, json } = await diff(before, after)
    expect({ code, unit: json.value.unit }).toEqual({ code: 0, unit: 'nanoseconds' })
  })
})
