/** `diff` on real profiles, on files that only look like one, and on folders. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCpuProfile } from '../../harness/formats/index.ts'
import type { OwnerChange } from '../../harness/model/flame.ts'
import { normal, seededRandom } from '../../harness/stats/random.ts'
import { fileJson, filePath } from '../formats/files.ts'
import { writeFolded, writeSpeedscope } from '../formats/writers.ts'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

/** Runs `diff`; the page and the JSON are read back from the folder that they were written to. */
async function diff(before: string, after: string, flags: string[] = [], files: Record<string, string> = {}) {
  const directory = await folderWith(files)
  const ran = await runCli(['diff', before, after, '--output', 'out', ...flags], { directory })
  const file = (name: string) => readFile(join(directory, 'out', name), 'utf8').catch(() => '')
  const text = await file('report.json')
  return { ...ran, page: await file('report.html'), json: text === '' ? null : JSON.parse(text), text }
}

const codes = (json: { findings: { code: string }[] }) => json.findings.map(({ code }) => code)

test('a profile that is too large is refused, unless the limit is raised', async () => {
  const files = { large: 'main;work 1\n'.repeat(100_000) }
  const refused = await diff('large', 'large', ['--max-profile', '1'], files)
  expect(refused.code).toBe(2)
  expect(refused.err).toContain('--max-profile')
  expect((await diff('large', 'large', ['--max-profile', '2'], files)).code).toBe(0)
})

describe('two profiles of one service', () => {
  const edited = () => diff(filePath('node26.cpuprofile'), filePath('node26-edited.cpuprofile'))

  test('functions that were moved or renamed are one row, and nothing is significant', async () => {
    const { code, out, json } = await edited()
    expect(code).toBe(0)
    const share = json.frames.filter((it: { collector: string }) => it.collector === 'Share of the total')
    const matches = new Set(share.map(({ match }: { match: string }) => match))
    for (const match of ['line moved', 'renamed', 'moved']) expect(matches).toContain(match)
    expect(json.frames.some(({ significant }: { significant: boolean }) => significant)).toBe(false)
    expect(json.frames[0].change).toMatchObject({ low: null, high: null })
    expect(out).toMatch(
      /Share of the total: the largest changes, none is sure\n +self +total *\n +change +before +after/,
    )
    expect(out).toContain('One profile on each side: there are no intervals')
    expect(codes(json)).toContain('no-intervals')
  })

  test('owners add up to the whole, and the kernel is one where its frames are marked', async () => {
    const module = '/srv/node_modules/.pnpm/zod@4.1.0/node_modules/zod/parse.js'
    const { json, page } = await diff('before', 'after', [], {
      before: `main (/srv/a.js:1);parse (${module}:3);write 5\nmain (/srv/a.js:1);write_[k] 5\n`,
      after: `main (/srv/a.js:1);parse (${module}:3);write 5\nmain (/srv/a.js:1);write_[k] 10\nstart 5\n`,
    })
    const rows = json.owners.map(
      ({ kind, owner, before, after }: OwnerChange) => `${kind} ${owner} ${before} ${after}`,
    )
    expect(rows).toEqual(['dependency zod 50 25', 'node Node 0 25', 'kernel kernel 50 50', 'rest rest 0 0'])
    expect(page).toContain('data-owner="kernel"')
    expect(page).not.toContain('other threads')
  })

  test('shares add up to the whole on both sides; values per request need --requests', async () => {
    const { json } = await edited()
    expect(json.views).toEqual([
      { collector: 'Share of the total', unit: '%', per: 'as a share of the total' },
      { collector: 'Per second', unit: 'µs', per: 'per second' },
    ])
    const told = await diff(filePath('node26.cpuprofile'), filePath('node26-again.cpuprofile'), [
      '--requests',
      '1000,1000',
    ])
    expect(told.json.views[0]).toMatchObject({ collector: 'Per request', unit: 'µs' })
    expect(told.json.before.requests).toBe(1000)
    expect(told.out).toContain('1,000 requests')
    type Row = { collector: string; function: string; file: string; line: number; before: number }
    const view = (collector: string): Map<string, number> =>
      new Map(
        told.json.frames
          .filter((it: Row) => it.collector === collector)
          .map((it: Row) => [`${it.function} ${it.file}:${it.line}`, it.before]),
      )
    const shares = view('Share of the total')
    // Nanoseconds over 1,000 requests, in µs.
    for (const [name, before] of view('Per request'))
      expect(before).toBeCloseTo((shares.get(name)! / 100) * (told.json.before.total / 1e6), 9)
    expect(shares.size).toBeGreaterThan(10)
  })

  test('the page has a flame and functions, and nothing that only a run has', async () => {
    const { page } = await edited()
    for (const part of ['data-part="flame"', 'data-part="functions"', 'id="flame-data-1"', 'id="repeat"'])
      expect(page).toContain(part)
    const markup = page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '')
    for (const absent of ['Metrics', 'Latency', 'Timeline', 'rounds of', 'NaN', 'undefined', 'Infinity'])
      expect(markup).not.toContain(absent)
  })

  test('the same files give the same page', async () => {
    expect((await edited()).page).toBe((await edited()).page)
  })

  test('a profile against itself has no change at all', async () => {
    const path = filePath('node26.cpuprofile')
    const { out, json } = await diff(path, path)
    expect(out).toContain('Share of the total: no function changed')
    expect(json.frames.every(({ change }: { change: { estimate: number } }) => change.estimate === 0)).toBe(
      true,
    )
  })

  test('--json prints only the document', async () => {
    const { out, text } = await diff(filePath('go-cpu.pb.gz'), filePath('go-cpu.pb.gz'), ['--json'])
    expect(out).toBe(text)
  })
})

describe('other formats', () => {
  const { profile } = readCpuProfile(fileJson('node26.cpuprofile'))

  test('folded stacks are compared by what both count, and the page says so', async () => {
    const counts = { ...profile, valueTypes: profile.valueTypes.slice(0, 1) }
    const folded = writeFolded({
      ...counts,
      samples: { ...profile.samples, values: [profile.samples.values[0]!] },
    })
    const { code, json } = await diff(filePath('node26.cpuprofile'), 'a.txt', [], { 'a.txt': folded })
    expect(code).toBe(0)
    expect(json.value).toEqual({ type: 'samples', unit: 'count' })
    expect(json.views).toHaveLength(1)
    for (const wanted of ['other-value-type', 'other-format', 'unknown-duration'])
      expect(codes(json)).toContain(wanted)
  })

  test('speedscope has a title instead of a type', async () => {
    const { code, json } = await diff(filePath('node26.cpuprofile'), 'a.json', [], {
      'a.json': writeSpeedscope(profile).replace('"name":"cpu"', '"name":"node-4711"'),
    })
    expect(code).toBe(0)
    expect(codes(json)).toContain('other-value-type')
    const shares = json.frames.filter((it: { collector: string }) => it.collector === 'Share of the total')
    for (const { change } of shares) expect(Math.abs(change.estimate)).toBeLessThan(1e-9)
  })

  test.each(['node26.heapprofile', 'go-heap.pb.gz'])('%s is compared in bytes', async name => {
    const { code, json } = await diff(filePath(name), filePath(name))
    expect({ code, unit: json.value.unit }).toEqual({ code: 0, unit: 'bytes' })
  })
})

describe('folders of repeated profiles', () => {
  /** Folded stacks of which `encode` has the given share, plus noise. */
  const folded = (seed: number, share: number) => {
    const random = seededRandom(seed)
    const count = (mean: number) => Math.round(mean * (1 + 0.02 * normal(random)))
    return `main;decode (/srv/app.js:3) ${count(3000)}\nmain;encode (/srv/app.js:9) ${count(10_000 * share)}\nmain ${count(2000)}\n`
  }
  const files = (count: number, share: number) =>
    Object.fromEntries([
      ...Array.from({ length: count }, (_, i) => [`old/${i}.folded`, folded(i + 1, 0.5)]),
      ...Array.from({ length: count }, (_, i) => [`new/${i}.folded`, folded(i + 101, share)]),
    ])

  test('six of each give intervals, and the changed function is the first', async () => {
    const { json, out } = await diff('old', 'new', [], files(6, 0.6))
    expect(codes(json)).not.toContain('no-intervals')
    const [first] = json.frames
    expect(first).toMatchObject({ function: 'encode', significant: true })
    // 5,000 of 10,000 become 6,000 of 11,000: 4.5 points of the whole.
    expect(first.change.estimate).toBeGreaterThan(0.035)
    expect(first.change.estimate).toBeLessThan(0.055)
    expect(first.change.low).toBeGreaterThan(0)
    expect(first.p).toBeLessThan(0.05)
    expect(out).toMatch(/\d of 3 functions sure/)
  })

  test('fewer are averaged, with a warning that they prove nothing', async () => {
    const { json } = await diff('old', 'new', [], files(5, 0.6))
    expect(json.frames.some(({ significant }: { significant: boolean }) => significant)).toBe(false)
    expect(json.findings[0].message).toMatch(/^5 and 5 profiles, averaged/)
  })

  test('hidden files are skipped; a file that is not a profile is named', async () => {
    const all = { ...files(1, 0.5), 'old/.DS_Store': '\u0000', 'new/notes.md': '# Notes' }
    const { code, err } = await diff('old', 'new', [], all)
    expect(code).toBe(2)
    expect(err).toContain(join('new', 'notes.md'))
  })
})

describe('what cannot be compared', () => {
  test('CPU time and bytes have no difference', async () => {
    const { code, err } = await diff(filePath('node26.cpuprofile'), filePath('node26.heapprofile'))
    expect(code).toBe(2)
    expect(err).toMatch(/measure different things[\s\S]*cpu \(nanoseconds\)[\s\S]*bytes/)
  })

  test.each<[string, string, RegExp]>([
    ['nothing there', '', /There is no profile here/],
    ['an empty file', 'empty', /empty/],
    ['truncated gzip', 'cut', /truncated|damaged/],
    ['a legacy Go profile', filePath('go-heap-debug1.txt'), /Go|debug/],
    ['a web page', 'page', /HTML/],
    ['other JSON', 'other', /not a profile in a known format/],
    ['a difference already', 'difference', /difference already[\s\S]*the two files that it was made from/],
    ['a log of --prof', 'isolate', /node --prof[\s\S]*--cpu-prof/],
    ['idle time alone', 'idle', /Nothing but idle time/],
    ['an empty folder', 'folder', /no profiles/],
  ])('%s: a message, and exit code 2', async (_, path, message) => {
    const directory = await folderWith({
      empty: '',
      page: '<html></html>',
      other: '{"a":1}',
      idle: '(idle) 100\n',
      difference: 'main;encode 12 14\nmain 3 3\n',
      isolate: 'v8-version,14,6,202,34,-node.34,0\n',
      'folder/.hidden': '',
    })
    const { writeFile } = await import('node:fs/promises')
    const cut = gzipSync(await readFile(filePath('node26.cpuprofile')))
    await writeFile(join(directory, 'cut'), cut.subarray(0, cut.length / 2))
    const { code, err, out } = await runCli(['diff', path || 'missing', filePath('node26.cpuprofile')], {
      directory,
    })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err).toContain('→')
  })

  test('an output that is a file: a message that names it', async () => {
    const directory = await folderWith({ taken: '' })
    const path = filePath('node26.cpuprofile')
    const { code, err } = await runCli(['diff', path, path, '--output', 'taken'], { directory })
    expect(code).toBe(3)
    expect(err).toMatch(/This cannot be written\.\n {2}in .*taken[\s\S]*--output/)
  })

  test.each([
    [['diff'], /takes two operands, and none was given/],
    [['diff', 'a'], /1 was given/],
    [['diff', 'a', 'b', 'c'], /3 were given/],
    [['diff', 'a', 'b', '--requests', '5'], /not two counts/],
    [['diff', 'a', 'b', '--requests', '5,0'], /not two counts/],
    [['diff', 'a', 'b', '--quick'], /`diff` has no flag `--quick`/],
    [['open', '--aa'], /`open` has no flag `--aa`.*It has no flags\./s],
    [['demo', '--requests', '1,2'], /Measuring has no flag `--requests`/],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, err } = await runCli(argv, { directory: '/' })
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  test('any folded stacks become a diff or a message; hostile names stay text', async () => {
    const name = fc.oneof(
      fc.constantFrom(
        '</script><script>alert(1)</script>',
        '\u001b[31mred',
        '\u202eevil',
        '(idle)',
        '__proto__',
        '%s {{7}}',
      ),
      fc.string({ minLength: 1, maxLength: 12 }).map(text => text.replaceAll(/[\r\n]/g, ' ')),
    )
    const stacks = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.nat(1000)), {
      minLength: 1,
      maxLength: 6,
    })
    const text = stacks.map(all => all.map(([names, count]) => `${names.join(';')} ${count}\n`).join(''))
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        const { code, out, page } = await diff('a', 'b', [], { a: before, b: after })
        expect([0, 2]).toContain(code)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
        expect(out).not.toMatch(/[\u0000-\u0009\u001b\u202e]/)
        expect(page).not.toContain('<script>alert')
        expect(page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '')).not.toMatch(/NaN|Infinity/)
      }),
      { numRuns: 30 },
    )
  })
})
