/** Content that is not a profile, or a damaged one: each gets a message of its own. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ProfileError, readProfile } from '../../harness/formats/index.ts'
import { canonical, fileBytes, fileText, read, sum } from './files.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const readText = (text: string) => readProfile(bytes(text)).profile

describe('rejects', () => {
  const json = fileBytes('node26.cpuprofile').toString()
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /empty \(0 bytes\)/],
    ['gzip of nothing', gzipSync(''), /empty \(gzip of 0 bytes\)/],
    ['white space', bytes(' \n\n'), /white space/],
    ['truncated gzip', fileBytes('go-cpu.pb.gz').subarray(0, 500), /gzip data is truncated/],
    ['damaged gzip', new Uint8Array([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]), /gzip data is damaged/],
    ['truncated JSON', bytes(json.slice(0, json.length / 2)), /JSON is damaged or truncated/],
    ['a Chrome trace', bytes('{"traceEvents":[]}'), /Chrome trace/],
    ['a list', bytes('[1,2]'), /not a profile in a known format/],
    ['a heap snapshot', bytes('{"snapshot":{},"nodes":[],"strings":[]}'), /heap snapshot/],
    [
      'other JSON',
      bytes('{"name":"x","version":1}'),
      /not a profile in a known format \(its keys: name, version\)/,
    ],
    ['a page', bytes('<!doctype html>'), /HTML/],
    ['Go’s text format', fileBytes('go-heap-debug1.txt'), /Go's legacy text format/],
    ['Go’s goroutines', bytes('goroutine profile: total 4\n4 @ 0x43'), /legacy text format/],
    ['prose', bytes('once upon a time\n'), /line 1 does not end in a count/],
    ['a negative count', bytes('a;b 3\na;c -2\n'), /line 2 does not end in a count/],
    ['a heap profile without sizes', bytes('{"head":{"selfSize":null,"callFrame":{}}}'), /no size/],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /not pprof/],
  ]
  it.each(cases)('%s', (_, content, message) => {
    expect(() => readProfile(content)).toThrow(ProfileError)
    expect(() => readProfile(content)).toThrow(message)
  })

  /** Files that people have instead of a profile, with their message and advice. */
  const strangers: [string, string | Uint8Array, RegExp, RegExp][] = [
    ['perf.data', 'PERFILE2\u0068\u0000', /perf\.data/, /perf script -i/],
    ['a ZIP archive', 'PK\u0003\u0004\u0014\u0000', /ZIP/, /Unpack/],
    [
      'gperftools',
      new Uint8Array(new BigUint64Array([0n, 3n, 0n, 10_000n, 0n]).buffer),
      /legacy binary CPU format/,
      /pprof -proto/,
    ],
    ['Go in text', 'heap profile: 1: 2 [3: 4] @ heap/1048576\n', /Go's legacy text format/, /debug=1/],
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
    [
      'bpftrace as JSON',
      '{"type": "attached_probes", "data": {"probes": 2}}\n',
      /bpftrace as JSON/,
      /-f json/,
    ],
    ['bcc', '    schedule\n    -                node (14476)\n        46\n', /bcc/, /-f/],
    ['Firefox', '{"meta":{"version":30},"threads":[]}', /Firefox/, /speedscope/],
    ['Safari', '{"version":1,"recording":{}}', /Safari/, /speedscope/],
    ['a picture', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', /SVG/, /folded stacks/],
  ]
  it.each(strangers)('%s, with its name and the way out', (_, content, message, advice) => {
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
    expect(() => readProfile(bomb, 1024 * 1024)).toThrow(/larger than 1 MiB; raise the limit/)
    expect(sum(readProfile(bomb, 8 * 1024 * 1024).profile.samples.values[0]!)).toBe(500_000)
  })

  it('a large file that is not compressed, by the same limit', () => {
    expect(() => readProfile(bytes('a 1\n'.repeat(500)), 1000)).toThrow(/larger than/)
  })
})

describe('reads text', () => {
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

  it('of JSON and perf script in UTF-16', () => {
    for (const name of ['node26.cpuprofile', 'evented.speedscope.json', 'perf-script.txt.gz']) {
      const saved = Buffer.from(`\ufeff${fileText(name).replaceAll('\n', '\r\n')}`, 'utf16le')
      expect(canonical(readProfile(saved).profile)).toEqual(canonical(read(name)))
    }
  })

  it('but rejects a compressed profile that was saved as text, with the way out', () => {
    const damaged = Buffer.from(`\ufeff${fileBytes('go-cpu.pb.gz').toString()}`, 'utf16le')
    expect(() => readProfile(damaged)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/compressed profile, which a shell damaged/),
        advice: expect.stringMatching(/curl -o/),
      }),
    )
  })
})
