import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProfile } from '../../harness/formats/index.ts'
import { readChromeTrace } from '../../harness/formats/v8/chrome-trace.ts'
import { canonical, fileBytes, fileJson, sum } from './files.ts'

interface Event {
  name: string
  ph: string
  pid: number
  tid: number
  id?: string
  ts: number
  args: { name?: string; labels?: string; data?: Record<string, unknown> }
}

const chrome: { traceEvents: Event[] } = fileJson('chrome.trace.json.gz')

/** How many samples all chunks of a profile have. */
const samplesIn = (events: Event[], pid: number, id: string) =>
  events
    .filter(event => event.name === 'ProfileChunk' && event.pid === pid && event.id === id)
    .flatMap(({ args }) => (args.data?.cpuProfile as { samples?: number[] } | undefined)?.samples ?? [])

/** A profile with `busy` samples of 1 ms in a function of this name. */
function thread(
  name: string,
  { pid, tid, id, busy }: { pid: number; tid: number; id: string; busy: number },
) {
  const event = { ph: 'P', pid, tid, id, args: {} }
  const nodes = [
    { id: 1, callFrame: { functionName: '(root)', scriptId: 0 } },
    {
      id: 2,
      parent: 1,
      callFrame: { functionName: name, scriptId: 1, url: 'a.js', lineNumber: 3, columnNumber: 0 },
    },
    { id: 3, parent: 1, callFrame: { functionName: '(idle)', scriptId: 0 } },
  ]
  const samples = [...Array(busy).fill(2), ...Array(50).fill(3)]
  return [
    { ...event, ph: 'M', ts: 0, name: 'thread_name', args: { name } },
    { ...event, ts: 1, name: 'Profile', args: { data: { startTime: 1 } } },
    {
      ...event,
      ts: 2,
      name: 'ProfileChunk',
      args: { data: { cpuProfile: { nodes, samples }, timeDeltas: samples.map(() => 1000) } },
    },
  ]
}

describe('a trace of Chromium', () => {
  it('reads the page’s own thread and names the others', () => {
    const { profile, choice } = readChromeTrace(chrome)
    expect(choice).toMatch(
      /^CrRendererMain of process 8191 .* was read, not DedicatedWorker thread of process/,
    )
    expect(profile.samples.stack.length).toBe(samplesIn(chrome.traceEvents, 8191, '0x1').length)
    expect(profile.strings).toContain('fib')
    expect(profile.strings).not.toContain('crunch')
  })

  it('can have its events in any order, or be only a list of events', () => {
    const wanted = canonical(readChromeTrace(chrome).profile)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(chrome.traceEvents, { minLength: chrome.traceEvents.length }),
        events => {
          expect(canonical(readChromeTrace({ traceEvents: events }).profile)).toEqual(wanted)
        },
      ),
      { numRuns: 20 },
    )
    const list = readProfile(Buffer.from(JSON.stringify(chrome.traceEvents)))
    expect(list.format).toBe('chrome trace')
    expect(canonical(list.profile)).toEqual(wanted)
  })

  it('can hold a profile in a single event, as before 2018', () => {
    const data = { cpuProfile: fileJson('node26.cpuprofile') }
    const traceEvents = [{ name: 'CpuProfile', ph: 'I', pid: 7, tid: 7, ts: 1, args: { data } }]
    const { profile } = readChromeTrace({ traceEvents })
    const { profile: same } = readProfile(fileBytes('node26.cpuprofile'))
    expect(canonical(profile, { lines: false })).toEqual(canonical(same, { lines: false }))
  })
})

it('reads the profiled thread from a trace of Node', () => {
  const { profile, choice, recorded } = readChromeTrace(fileJson('node26.trace.json'))
  expect(choice).toBeUndefined()
  expect(profile.strings).toContain('mainWork')
  expect(recorded!.end - recorded!.start).toBeCloseTo(profile.duration, 0)
})

describe('with several threads', () => {
  const main = (busy: number, pid: number) => thread('CrRendererMain', { pid, tid: pid, id: '0x1', busy })
  const worker = (busy: number, pid: number) =>
    thread('DedicatedWorker thread', { pid, tid: 99, id: '0x2', busy })
  const read = (...threads: Event[][]) => readChromeTrace({ traceEvents: threads.flat() })

  it('reads the busiest main thread', () => {
    const { profile, choice } = read(worker(90, 1), main(20, 1), main(30, 2))
    expect(sum(profile.samples.values[0]!)).toBe(80)
    expect(choice).toMatch(
      /^CrRendererMain of process 2 \(busy for 30 ms\) was read, not CrRendererMain of process 1/,
    )
  })

  it('reads the busiest thread if no main thread ran', () => {
    expect(read(worker(20, 1), worker(30, 2), main(0, 1)).choice).toMatch(
      /^DedicatedWorker thread of process 2 /,
    )
  })

  it('names a page by its title', () => {
    const labels = { name: 'process_labels', ph: 'M', pid: 2, tid: 0, ts: 0, args: { labels: 'Shop' } }
    expect(read(main(20, 1), main(30, 2), [labels]).choice).toMatch(/^CrRendererMain of "Shop", process 2 /)
  })

  it('keeps two profiles of one thread apart', () => {
    const { profile } = read(
      main(20, 1),
      main(30, 1).map(event => ({ ...event, ts: event.ts + 10 })),
    )
    expect(sum(profile.samples.values[0]!)).toBe(80)
  })
})

it.each([
  ['no events', []],
  ['events without a profile', chrome.traceEvents.filter(({ name }) => !name.startsWith('Profile'))],
  ['nothing but idle time', thread('CrRendererMain', { pid: 1, tid: 1, id: '0x1', busy: 0 })],
])('%s: the error says how to record a profile', (_, traceEvents) => {
  expect(() => readChromeTrace({ traceEvents })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/no CPU profile in which anything ran/),
      advice: expect.stringMatching(/Performance panel/),
    }),
  )
})
