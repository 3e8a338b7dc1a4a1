/** Content that is no profile, or a damaged one: each has a message of its own. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildCallTree, functionTable, ProfileError, readProfile } from '../../harness/pprof/index.ts'
import { canonical, captured, sum } from './capture.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const readText = (text: string) => readProfile(bytes(text)).profile

describe('what is refused', () => {
  const json = captured('node26.cpuprofile').toString()
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /empty \(0 bytes\)/],
    ['gzip of nothing', gzipSync(''), /empty \(gzip of 0 bytes\)/],
    ['white space', bytes(' \n\n'), /white space/],
    ['truncated gzip', captured('go-cpu.pb.gz').subarray(0, 500), /gzip data is truncated/],
    ['damaged gzip', new Uint8Array([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]), /gzip data is damaged/],
    ['truncated JSON', bytes(json.slice(0, json.length / 2)), /JSON is damaged or truncated/],
    ['a trace without a profile', bytes('{"traceEvents":[{"name":"x"}]}'), /holds no CPU profile/],
    ['a list', bytes('[1,2]'), /holds no CPU profile/],
    ['a profile of Firefox', bytes('{"meta":{},"threads":[]}'), /Firefox Profiler/],
    ['a log of V8', bytes('v8-version,14,6\nshared-library,/usr/bin/node,0x1,0x2\n'), /--cpu-prof/],
    ['a difference', bytes('main;encode 12 14\nmain;rank 3 2\n'), /two counts a line are a difference/],
    ['a heap snapshot', bytes('{"snapshot":{},"nodes":[],"strings":[]}'), /heap snapshot/],
    [
      'other JSON',
      bytes('{"name":"x","version":1}'),
      /not a profile that is known here \(its keys: name, version\)/,
    ],
    ['a page', bytes('<!doctype html>'), /HTML/],
    ['Go’s text format', captured('go-heap-debug1.txt'), /Go's legacy text format/],
    ['Go’s goroutines', bytes('goroutine profile: total 4\n4 @ 0x43'), /legacy text format/],
    ['prose', bytes('once upon a time\n'), /line 1 does not end in a count/],
    ['a negative count', bytes('a;b 3\na;c -2\n'), /line 2 does not end in a count/],
    ['a profile without samples', bytes('{"nodes":[],"samples":[],"timeDeltas":[]}'), /no samples/],
    ['a heap profile without sizes', bytes('{"head":{"selfSize":null,"callFrame":{}}}'), /no size/],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /not pprof/],
  ]
  it.each(cases)('%s', (_, content, message) => {
    expect(() => readProfile(content)).toThrow(ProfileError)
    expect(() => readProfile(content)).toThrow(message)
  })

  it('a gzip bomb, unless the limit is raised', () => {
    const line = 'a;b;c 1\n'
    const bomb = gzipSync(line.repeat(500_000))
    expect(bomb.length).toBeLessThan(20_000)
    expect(() => readProfile(bomb, { maxBytes: 1024 * 1024 })).toThrow(/larger than 1 MiB; raise the limit/)
    expect(sum(readProfile(bomb, { maxBytes: 8 * 1024 * 1024 }).profile.samples.values[0]!)).toBe(500_000)
  })

  it('a large file that is not compressed, by the same limit', () => {
    expect(() => readProfile(bytes('a 1\n'.repeat(500)), { maxBytes: 1000 })).toThrow(/larger than/)
  })
})

describe('folded stacks', () => {
  it('have places in several spellings', () => {
    const text =
      'main;encode (/srv/app/a.js:3:9) 5\nmain;JS:*encode /srv/app/a.js:3:9 2\n(anonymous) (node:fs:7);<b>&"\' 1.5\r\n'
    expect(canonical(readText(text), { lines: false }).said).toEqual({
      ' node:fs:7:0;<b>&"\' :0:0 {}': [1.5],
      'main :0:0;encode /srv/app/a.js:3:9 {}': [7],
    })
  })

  it('may have comments, tabs and marks of what collapsed them', () => {
    const text =
      '# eventcount: 12\r\n# original: perf\nmain;encode_[j]\t5\n\nmain;step 2 3\nmain;do_sys_open_[k];Foo<int (*)(long)> 1\n'
    expect(canonical(readText(text), { lines: false }).said).toEqual({
      'main :0:0;do_sys_open :0:0;Foo<int (*)(long)> :0:0 {}': [1],
      'main :0:0;encode :0:0 {}': [5],
      'main :0:0;step 2 :0:0 {}': [3],
    })
  })

  it.each([
    ['JS:*encode file:///srv/app/a.js:3:9', 'encode', 'file:///srv/app/a.js', 3],
    ["JS:+'emit node:events:489:44", 'emit', 'node:events', 489],
    ['LazyCompile:~get value /srv/app/a b.js:3', 'get value', '/srv/app/a b.js', 3],
    ['JS:^ node:internal/fs/utils:937:42', '', 'node:internal/fs/utils', 937],
    ['RegExp:^a(b)', 'RegExp:^a(b)', '', 0],
    ['read (C:\\Program Files (x86)\\a.js:3:9)', 'read', 'C:\\Program Files (x86)\\a.js', 3],
  ])('name functions of V8: %s', (frame, name, file, line) => {
    const { strings, functions } = readText(`${frame} 1\n`)
    const [fn] = functions.name.keys()
    expect([strings[functions.name[fn!]!], strings[functions.file[fn!]!], functions.line[fn!]]).toEqual([
      name,
      file,
      line,
    ])
  })

  it.each([
    ['UTF-16, as PowerShell redirects', Buffer.from('\uFEFFmain;café 3\r\n', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\uFEFFmain;café 3\r\n', 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from('\uFEFFmain;café 3\r\n')],
  ])('may be %s', (_, content) => {
    expect(canonical(readProfile(content).profile, { lines: false }).said).toEqual({
      'main :0:0;café :0:0 {}': [3],
    })
  })

  it('may hold invalid UTF-8', () => {
    const text = new Uint8Array([...bytes('main;caf'), 0xff, ...bytes(' 3\n')])
    expect(readProfile(text).profile.strings).toContain('caf\uFFFD')
  })
})

describe('speedscope', () => {
  const file = (profile: object) =>
    JSON.stringify({ shared: { frames: [{ name: 'a' }, { name: 'b' }] }, profiles: [profile] })
  const sampled = {
    type: 'sampled',
    unit: 'milliseconds',
    name: 'x',
    samples: [[0, 1], [0]],
    weights: [2, 3],
  }

  const evented = (events: [type: string, frame: number, at: number][]) => ({
    type: 'evented',
    unit: 'milliseconds',
    name: 'x',
    startValue: 0,
    endValue: 20,
    events: events.map(([type, frame, at]) => ({ type, frame, at })),
  })

  it('may say when frames open and close', () => {
    const profile = readText(
      file(
        evented([
          ['O', 0, 1],
          ['O', 1, 3],
          ['C', 1, 8],
          ['C', 0, 10],
          ['O', 1, 15],
        ]),
      ),
    )
    expect(canonical(profile, { lines: false }).said).toEqual({
      'a :0:0 {}': [4],
      'a :0:0;b :0:0 {}': [5],
      'b :0:0 {}': [5],
    })
  })

  it('is read with its unit', () => {
    const profile = readText(file(sampled))
    expect(profile.valueTypes).toEqual([{ type: 'x', unit: 'milliseconds' }])
    expect(canonical(profile, { lines: false }).said).toEqual({ 'a :0:0 {}': [3], 'a :0:0;b :0:0 {}': [2] })
  })

  it.each([
    [{ ...sampled, samples: [[0, 7], [0]] }, /refers to frame 7/],
    [{ ...sampled, weights: [1] }, /as many weights as samples/],
    [{ ...sampled, weights: [1, null] }, /sample 1 has no weight/],
    [{ ...sampled, type: 'counted' }, /sampled or evented, not "counted"/],
    [{ ...sampled, type: 'evented' }, /has no events/],
    [
      evented([
        ['O', 0, 0],
        ['O', 1, 2],
        ['C', 0, 3],
      ]),
      /event 2 closes a frame that is not the innermost/,
    ],
    [
      evented([
        ['O', 0, 5],
        ['C', 0, 3],
      ]),
      /event 1 has no frame, or no time that follows/,
    ],
  ])('is refused when damaged', (profile, message) => {
    expect(() => readText(file(profile))).toThrow(message)
  })
})

describe('what real tools write', () => {
  const selfOf = (name: string) => {
    const tree = buildCallTree([readProfile(captured(name)).profile])
    const { self } = functionTable(tree)
    return tree.frames.map(({ name, file, line }, at) => ({ name, file, line, self: self[0]![at]! }))
  }
  const total = (name: string) => sum(selfOf(name).map(({ self }) => self))

  it('Bun: the lines of a function are one function', () => {
    const encode = selfOf('bun-1.3.cpuprofile').filter(({ name }) => name === 'encode')
    expect(encode).toMatchObject([{ file: '/srv/app/s.js', line: 4 }])
    expect(encode[0]!.self / total('bun-1.3.cpuprofile')).toBeGreaterThan(0.4)
  })

  it('Chrome: a trace holds the profile in pieces', () => {
    const [first] = selfOf('chrome.trace.json.gz').toSorted((a, b) => b.self - a.self)
    expect(first).toMatchObject({ name: 'encode', line: 1 })
    // 1,100 samples at the usual interval, as the trace's own deltas say.
    expect(total('chrome.trace.json.gz') / 1e6).toBeCloseTo(261, 0)
  })

  it('Chrome: of several threads the busiest main one is read, and that is said', () => {
    const trace = JSON.parse(gunzipSync(captured('chrome.trace.json.gz')).toString())
    const other = trace.traceEvents
      .filter(({ name }: { name: string }) => name.startsWith('Profile'))
      .map((event: object) => ({ ...event, pid: 1, tid: 2 }))
    const both = readProfile(bytes(JSON.stringify({ traceEvents: [...other, ...trace.traceEvents] })))
    expect(both.note).toMatch(/profiles of 2 threads; the busiest main thread \(CrRendererMain\) is read/)
    expect(canonical(both.profile)).toEqual(canonical(readProfile(captured('chrome.trace.json.gz')).profile))
  })

  it('perf: names, places and periods', () => {
    const functions = selfOf('node.perf-script.txt')
    expect(total('node.perf-script.txt')).toBe(14 * 10_101_010)
    expect(functions).toContainEqual(
      expect.objectContaining({ name: 'handler', file: '/srv/app/srv.mjs', line: 10 }),
    )
    expect(functions.filter(({ name }) => /\+0x/.test(name))).toEqual([])
  })
})
