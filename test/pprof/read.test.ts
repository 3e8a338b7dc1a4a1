/** Content that is no profile, or a damaged one: each has a message of its own. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProfileError, readProfile } from '../../harness/pprof/index.ts'
import { canonical, captured, capturedJson, capturedText, read, sum } from './capture.ts'

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
    ['a Chrome trace', bytes('{"traceEvents":[]}'), /Chrome trace/],
    ['a list', bytes('[1,2]'), /no profile that is known/],
    ['a heap snapshot', bytes('{"snapshot":{},"nodes":[],"strings":[]}'), /heap snapshot/],
    [
      'other JSON',
      bytes('{"name":"x","version":1}'),
      /no profile that is known here \(its keys: name, version\)/,
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

  /** What people have instead of a profile, and what the advice must speak of. */
  const strangers: [string, string | Uint8Array, RegExp, RegExp][] = [
    ['perf.data', 'PERFILE2\u0068\u0000', /perf\.data/, /perf script -i/],
    ['a ZIP archive', 'PK\u0003\u0004\u0014\u0000', /ZIP/, /Unpack/],
    ['zstd', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2]), /zstd/, /Unpack/],
    ['Java Flight Recorder', 'FLR\u0000\u0000\u0002', /Java Flight Recorder/, /jfrconv/],
    ['.NET', 'Nettrace\u0014\u0000', /\.NET/, /Speedscope/],
    ['a log of --prof', 'v8-version,14,6,202,34,-node.34,0\n', /node --prof/, /--cpu-prof.*--preprocess/],
    ['its summary', 'Statistical profiling result from isolate-0x1-v8.log', /no stacks/, /--cpu-prof/],
    ['its ticks', '{"code":[],"functions":[],"ticks":[]}', /node --prof/, /speedscope/],
    [
      'perf report',
      '# To display the perf.data header info, please use --header\n# Total\n',
      /perf report/,
      /perf script/,
    ],
    ['Callgrind', 'version: 1\ncreator: callgrind-3.19\n', /Callgrind/, /speedscope/],
    [
      'bpftrace',
      'Attaching 2 probes...\n\n@[node, \n\tf82ec read+12 (/lib/libc.so)\n]: 3\n',
      /bpftrace/,
      /stackcollapse/,
    ],
    ['bcc', '    schedule\n    -                node (14476)\n        46\n', /bcc/, /-f/],
    ['Firefox', '{"meta":{"version":30},"threads":[]}', /Firefox/, /speedscope/],
    ['Safari', '{"version":1,"recording":{}}', /Safari/, /speedscope/],
    ['a picture', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', /SVG/, /folded stacks/],
  ]
  it.each(strangers)('%s: is named, and the way out is shown', (_, content, message, advice) => {
    const given = typeof content === 'string' ? bytes(content) : content
    expect(() => readProfile(given)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        advice: expect.stringMatching(advice),
      }),
    )
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

describe('text', () => {
  const text = 'main;größe (/srv/app/a.js:3) 5\nmain 2\n'
  const wanted = canonical(readText(text))
  const utf16 = Buffer.from(text, 'utf16le')

  it.each<[string, Uint8Array]>([
    ['UTF-8 with a mark', bytes(`\ufeff${text}`)],
    ['what PowerShell writes', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 the other way round', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()],
    ['UTF-16 without a mark', utf16],
    ['UTF-16, compressed', gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))],
    ['Windows line ends', bytes(text.replaceAll('\n', '\r\n'))],
  ])('%s', (_, content) => {
    expect(canonical(readProfile(content).profile)).toEqual(wanted)
  })

  it('is also what JSON and perf script are in', () => {
    for (const name of ['node26.cpuprofile', 'evented.speedscope.json', 'perf-script.txt.gz']) {
      const saved = Buffer.from(`\ufeff${capturedText(name).replaceAll('\n', '\r\n')}`, 'utf16le')
      expect(canonical(readProfile(saved).profile)).toEqual(canonical(read(name)))
    }
  })

  it('that was a compressed profile once is refused with the way out', () => {
    const damaged = Buffer.from(`\ufeff${captured('go-cpu.pb.gz').toString()}`, 'utf16le')
    expect(() => readProfile(damaged)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/compressed profile, which a shell damaged/),
        advice: expect.stringMatching(/curl -o/),
      }),
    )
  })
})

describe('folded stacks', () => {
  const said = (text: string) => canonical(readText(text), { lines: false }).said

  it('have places in several spellings', () => {
    const text =
      'main;encode (/srv/app/a.js:3:9) 5\nmain;JS:*encode /srv/app/a.js:3:9 2\n(anonymous) (node:fs:7);<b>&"\' 1.5\r\n'
    expect(said(text)).toEqual({
      ' node:fs:7:0;<b>&"\' :0:0 {}': [1.5],
      'main :0:0;encode /srv/app/a.js:3:9 {}': [7],
    })
  })

  it.each([
    ['JS:^emit node:events:489:44', 'emit node:events:489:44'],
    [`JS:+'emit node:events:489:44`, 'emit node:events:489:44'],
    ['JS:^ file:///srv/app/srv.mjs:12:82', ' file:///srv/app/srv.mjs:12:82'],
    ['LazyCompile:~encode /srv/my app/a.js:3:9', 'encode /srv/my app/a.js:3:9'],
    ['JS:^get node:internal/streams/readable:147:8', 'get node:internal/streams/readable:147:8'],
    ['JS:^get size /srv/app/a.js:1:2', 'get size /srv/app/a.js:1:2'],
    ['Script:~ [eval]:1:1', ' [eval]:1:1'],
    ['encode (/srv/app/(shop)/page.js:3)', 'encode /srv/app/(shop)/page.js:3:0'],
    ['call<void (*)(int)>', 'call<void (*)(int)> :0:0'],
    ['vfs_read_[k]', 'vfs_read :0:0'],
    ['java/lang/String.decode_[j]', 'java/lang/String.decode :0:0'],
    ['decode(Ljava/lang/String;I)V_[1]', 'decode(Ljava/lang/String;I)V :0:0'],
    ['{main}', '{main} :0:0'],
    ['[worker tid=7]', '[worker tid=7] :0:0'],
    ['#resume (/srv/app/a.js:3)', '#resume /srv/app/a.js:3:0'],
    ['Proxy<int ', 'Proxy<int :0:0'],
  ])('the frame %s', (frame, wanted) => {
    expect(said(`${frame} 3\n`)).toEqual({ [`${wanted} {}`]: [3] })
    expect(said(`${frame};leaf 3\n`)).toEqual({ [`${wanted};leaf :0:0 {}`]: [3] })
  })

  it('may have comments, rules, empty lines, tabs, spaces at the end, fractions, and no stack at all', () => {
    const text = [
      '# eventcount: 12',
      '#',
      '',
      '--',
      'main;encode 12',
      'main;encode\t2.5  ',
      '   ',
      ' 4',
      'main; decode 1e3',
      '===========',
    ].join('\n')
    expect(said(text)).toEqual({
      ' {}': [4],
      'main :0:0;encode :0:0 {}': [14.5],
      'main :0:0;decode :0:0 {}': [1000],
    })
  })

  it('may cut a name within its parentheses', () => {
    expect(said('a;Proxy<int (;b 1\nc) ;d 2\n')).toEqual({
      'a :0:0;Proxy<int ( :0:0;b :0:0 {}': [1],
      'c) :0:0;d :0:0 {}': [2],
    })
  })

  it('with two counts on each line are a difference already', () => {
    for (const text of [
      'main;encode 12 14\nmain;decode 0 3\n',
      '# made by difffolded\na\t1\t2\n',
      'a 1.5 2\n',
    ])
      expect(() => readText(text)).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/difffolded.* a difference already/),
          advice: expect.stringMatching(/Give the two files that it was made from/),
        }),
      )
    // A thread without a stack may end in a number.
    expect(said('worker 3 5\nmain;encode 2\n')).toMatchObject({ 'worker 3 :0:0 {}': [5] })
  })

  it('add up to the counts of the file', () => {
    const name = fc.stringMatching(/^[a-z(<][a-z()<>;: ]{0,8}[a-z]$/)
    const lines = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.nat(1000)), {
      minLength: 1,
    })
    fc.assert(
      fc.property(lines, given => {
        const text = given.map(([frames, count]) => `${frames.join(';')} ${count}\n`).join('# a comment 7\n')
        expect(sum(readText(text).samples.values[0]!)).toBe(sum(given.map(([, count]) => count)))
      }),
    )
  })

  it('of bpftrace add up to its values', () => {
    const counts = capturedText('off-cpu.folded').match(/\d+$/gm)!.map(Number)
    expect(sum(read('off-cpu.folded').samples.values[0]!)).toBe(sum(counts))
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

  it('is read with its unit', () => {
    const profile = readText(file(sampled))
    // In nanoseconds, as other formats have them.
    expect(profile.valueTypes).toEqual([{ type: 'x', unit: 'nanoseconds' }])
    expect(canonical(profile, { lines: false }).said).toEqual({
      'a :0:0 {}': [3_000_000],
      'a :0:0;b :0:0 {}': [2_000_000],
    })
  })

  it.each([
    [{ ...sampled, samples: [[0, 7], [0]] }, /refers to frame 7/],
    [{ ...sampled, weights: [1] }, /as many weights as samples/],
    [{ ...sampled, weights: [1, null] }, /sample 1 has no weight/],
    [{ ...sampled, type: 'other' }, /only sampled and evented profiles/],
    [{ ...sampled, type: 'evented' }, /no events/],
  ])('is refused when damaged', (profile, message) => {
    expect(() => readText(file(profile))).toThrow(message)
  })

  it('with several profiles is their sum, and says so', () => {
    const weights = capturedJson('py-spy.speedscope.json').profiles.map((it: { weights: number[] }) =>
      sum(it.weights),
    )
    expect(weights).toHaveLength(2)
    const { profile, choice } = readProfile(captured('py-spy.speedscope.json'))
    expect(sum(profile.samples.values[0]!) / 1e9).toBeCloseTo(sum(weights))
    expect(choice).toMatch(/holds 2 profiles, which were added up: Thread /)
  })

  it('with several profiles of different units is refused', () => {
    const two = { ...JSON.parse(file(sampled)), profiles: [sampled, { ...sampled, unit: 'bytes' }] }
    expect(() => readText(JSON.stringify(two))).toThrow(/different units/)
  })

  describe('evented', () => {
    const evented = (events: [string, number, number][], startValue = 0, endValue = 100) =>
      file({
        type: 'evented',
        unit: 'milliseconds',
        name: 'x',
        startValue,
        endValue,
        events: events.map(([type, frame, at]) => ({ type, frame, at })),
      })

    it('is the time between two events, of the stack that is open', () => {
      const text = evented([
        ['O', 0, 10],
        ['O', 1, 12],
        ['C', 1, 15],
        ['C', 0, 16],
        ['O', 1, 20],
      ])
      expect(canonical(readText(text), { lines: false }).said).toEqual({
        'a :0:0 {}': [3_000_000],
        'a :0:0;b :0:0 {}': [3_000_000],
        // What is open at the end lasts until then.
        'b :0:0 {}': [80_000_000],
      })
    })

    it('adds up to the time in which anything was open', () => {
      const steps = fc.array(fc.record({ open: fc.boolean(), frame: fc.nat(1), after: fc.nat(9) }), {
        minLength: 1,
      })
      fc.assert(
        fc.property(steps, given => {
          const open: number[] = []
          const events: [string, number, number][] = []
          let [now, covered] = [0, 0]
          for (const { open: opens, frame, after } of given) {
            now += after
            if (open.length > 0) covered += after
            if (!opens && open.length === 0) continue
            events.push(opens ? ['O', frame, now] : ['C', open.pop()!, now])
            if (opens) open.push(frame)
          }
          if (open.length > 0) covered += 7
          fc.pre(covered > 0)
          const { samples } = readText(evented(events, 0, now + 7))
          expect(sum(samples.values[0]!)).toBe(covered * 1e6)
        }),
      )
    })

    it.each<[string, [string, number, number][], number?, RegExp?]>([
      ['closes what is not open', [['C', 0, 1]]],
      [
        'closes what is not innermost',
        [
          ['O', 0, 1],
          ['O', 1, 2],
          ['C', 0, 3],
        ],
      ],
      [
        'goes back in time',
        [
          ['O', 0, 5],
          ['C', 0, 3],
        ],
      ],
      ['has an unknown kind', [['X', 0, 5]]],
      ['names a frame that is not there', [['O', 9, 5]]],
      ['ends before it is over', [['O', 0, 500]], 100],
    ])('is refused when it %s', (_, events, end) => {
      expect(() => readText(evented(events, 0, end))).toThrow(/^speedscope: (event \d|the end) /)
    })
  })
})
