/** Content that is no profile, or a damaged one: each has a message of its own. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ProfileError, readProfile } from '../../harness/pprof/index.ts'
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
    ['a Chrome trace', bytes('{"traceEvents":[]}'), /Chrome trace/],
    ['a list', bytes('[1,2]'), /Chrome trace/],
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
      'main :0:0;*encode /srv/app/a.js:3:9 {}': [2],
      'main :0:0;encode /srv/app/a.js:3:9 {}': [5],
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

  it('is read with its unit', () => {
    const profile = readText(file(sampled))
    expect(profile.valueTypes).toEqual([{ type: 'x', unit: 'milliseconds' }])
    expect(canonical(profile, { lines: false }).said).toEqual({ 'a :0:0 {}': [3], 'a :0:0;b :0:0 {}': [2] })
  })

  it.each([
    [{ ...sampled, samples: [[0, 7], [0]] }, /refers to frame 7/],
    [{ ...sampled, weights: [1] }, /as many weights as samples/],
    [{ ...sampled, weights: [1, null] }, /sample 1 has no weight/],
    [{ ...sampled, type: 'evented' }, /only sampled profiles/],
  ])('is refused when damaged', (profile, message) => {
    expect(() => readText(file(profile))).toThrow(message)
  })
})
