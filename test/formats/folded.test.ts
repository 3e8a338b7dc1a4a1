import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProfile } from '../../harness/formats/index.ts'
import { canonical, fileText, read, sum } from './files.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const readText = (text: string) => readProfile(bytes(text)).profile

describe('folded stacks', () => {
  const said = (text: string) => canonical(readText(text), { lines: false }).said

  it('can write places in several ways', () => {
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
    ['*encode file:///srv/app/a.mjs:3:9', 'encode file:///srv/app/a.mjs:3:9'],
    ['~ /srv/app/a.js:1:1', ' /srv/app/a.js:1:1'],
    ['Script:~ [eval]:1:1', ' [eval]:1:1'],
    ['encode (/srv/app/(shop)/page.js:3)', 'encode /srv/app/(shop)/page.js:3:0'],
    ['call<void (*)(int)>', 'call<void (*)(int)> :0:0'],
    ['vfs_read_[k]', 'vfs_read [kernel]:0:0'],
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

  it('can have comments, separators, empty lines, tabs, trailing spaces, fractions, and lines without a stack', () => {
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

  it('can cut a name within its parentheses', () => {
    expect(said('a;Proxy<int (;b 1\nc) ;d 2\n')).toEqual({
      'a :0:0;Proxy<int ( :0:0;b :0:0 {}': [1],
      'c) :0:0;d :0:0 {}': [2],
    })
  })

  it('with two counts on each line are rejected as a difference', () => {
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
    // A thread without a stack can have a name that ends in a number.
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

  it('from bpftrace add up to its values', () => {
    const counts = fileText('off-cpu.folded').match(/\d+$/gm)!.map(Number)
    expect(sum(read('off-cpu.folded').samples.values[0]!)).toBe(sum(counts))
  })

  it('can hold invalid UTF-8', () => {
    const text = new Uint8Array([...bytes('main;caf'), 0xff, ...bytes(' 3\n')])
    expect(readProfile(text).profile.strings).toContain('caf\uFFFD')
  })
})
