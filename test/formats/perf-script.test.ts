import { describe, expect, it } from 'vitest'
import { readProfile } from '../../harness/formats/index.ts'
import { canonical, fileText, read, sum } from './files.ts'

const readText = (text: string) => readProfile(new TextEncoder().encode(text))
const said = (text: string) => canonical(readText(text).profile, { lines: false }).said

const STACK = `	ffffffff81baf972 _copy_to_iter+0x2 ([kernel.kallsyms])
	    7f5e180ed606 JS:^fsyncSync node:fs:1664:19+0x246 (/tmp/perf-14253.map)
	    7f5e180ed7df JS:*handler file:///srv/app/srv.mjs:10:17+0x19f (/tmp/perf-14253.map)
	          a54f4f v8::internal::(anonymous namespace)::Invoke+0x64f (/usr/bin/node)
`
const FOLDED =
  ';v8::internal::(anonymous namespace)::Invoke :0:0;handler file:///srv/app/srv.mjs:10:17;fsyncSync node:fs:1664:19;_copy_to_iter [kernel]:0:0 {}'

describe('the output of perf script', () => {
  const text = fileText('perf-script.txt.gz')
  const samples = [...text.matchAll(/^\S.* (\d+) cpu-clock:ppp: $/gm)]

  it('adds up to its samples and their periods', () => {
    const { samples: read_, valueTypes } = read('perf-script.txt.gz')
    expect(valueTypes.map(({ type, unit }) => `${type} ${unit}`)).toEqual([
      'samples count',
      'cpu nanoseconds',
    ])
    expect(sum(read_.values[0]!)).toBe(samples.length)
    expect(sum(read_.values[1]!)).toBe(sum(samples.map(([, period]) => Number(period))))
  })

  it('has JavaScript functions with their places, and threads by name', () => {
    const { strings, duration } = read('perf-script.txt.gz')
    expect(strings).toEqual(expect.arrayContaining(['ask', '/srv/app/service.cjs', 'node-MainThread']))
    expect(strings.some(name => /^JS:|\+0x/.test(name))).toBe(false)
    expect(duration).toBeCloseTo(1027.801, 3)
  })
})

describe('a sample', () => {
  it.each<[string, string, number]>([
    ['as perf prints it', 'node 14253  1150.146739:   10101010 cpu-clock:ppp: ', 10_101_010],
    [
      'with its thread and processor',
      'node 14253/14260 [001] 1150.146739:   10101010 cpu-clock: ',
      10_101_010,
    ],
    ['without a period', 'node 14253 1150.146739: cycles:u: ', 1],
    ['without a time', 'node 14253 250000 cpu_core/cycles/P: ', 250_000],
    ['of a tracepoint', 'node 14253 [001] 1150.146739: sched:sched_switch: prev_comm=node prev_pid=1', 1],
    ['of a thread whose name has a space', 'V8 Worker 3 14253 1150.146739: 5 cycles: ', 5],
  ])('%s', (_, header, value) => {
    const name = header.startsWith('V8') ? 'V8 Worker 3' : 'node'
    expect(said(`${header}\n${STACK}\n`)).toEqual({ [`${name} :0:0${FOLDED}`]: [1, value] })
  })

  it('of a processor without work is idle time', () => {
    const text = `swapper     0 [000] 1.5: 7 cpu-clock: \n\tffffffff8103ce3b native_safe_halt ([kernel.kallsyms])\n`
    expect(said(text)).toEqual({ '(idle) :0:0;native_safe_halt [kernel]:0:0 {}': [1, 7] })
  })

  it('tells the kernel and its modules from what a program maps without a file', () => {
    const text = `node 7 1.5: 1 cycles: \n${[
      '\tffffffffc0a1b972 [unknown] ([nf_tables])',
      '\tffffffffc0a1b972 nft_do_chain (/lib/modules/6.1/kernel/net/nf_tables.ko.xz)',
      '\t               0 do_syscall_64 ([kernel.kallsyms])',
      '\t               0 vmx_run ([guest.kernel.kallsyms.7])',
      '\t    7ffe8b5f0972 clock_gettime ([vdso])',
      '\t    55d0c5f0ffff run ([heap])',
    ].join('\n')}\n`
    expect(said(text)).toEqual({
      'node :0:0;run :0:0;clock_gettime :0:0;vmx_run [kernel]:0:0;do_syscall_64 [kernel]:0:0;nft_do_chain [kernel]:0:0;[nf_tables] [kernel]:0:0 {}':
        [1, 1],
    })
  })

  it('without a call chain is on one line', () => {
    const text =
      ' node 15943 13192.7: 5000000 cpu-clock:ppp:  ffffffff815e2d7a kvfree_call_rcu+0x1ba ([kernel.kallsyms])\n'
    expect(said(text.repeat(2))).toEqual({ 'node :0:0;kvfree_call_rcu [kernel]:0:0 {}': [2, 10_000_000] })
  })

  it('can have frames that are unknown, deleted, inlined, or followed by their source line', () => {
    const text = `node 7 1.5: 1 cycles: \n${[
      '\t 1 [unknown] ([unknown])',
      '\t 2 [unknown] (/memfd:doublemapper (deleted))',
      '\t 3 [unknown] (/usr/lib/libc.so.6)',
      '\t 4 join<int (*)(int)> (inlined)',
      '  file.c:123',
      '\t 5 JS:^ /srv/my app/a.js:3:4+0x5 (/tmp/perf-7.map)',
    ].join('\n')}\n`
    expect(said(text)).toEqual({
      'node :0:0; /srv/my app/a.js:3:4;join<int (*)(int)> :0:0;[libc.so.6] :0:0;[memfd:doublemapper] :0:0;[unknown] :0:0 {}':
        [1, 1],
    })
  })
})

it('ignores Windows line ends and headers', () => {
  const text = `# ========\n# captured on: Sat\n#\nnode 7 1.5: 3 cycles: \n${STACK}`
  expect(said(text.replaceAll('\n', '\r\n'))).toEqual({ [`node :0:0${FOLDED}`]: [1, 3] })
})

it('reads the most frequent of several events and names the others', () => {
  const one = (event: string) => `node 7 1.5: 3 ${event}: \n${STACK}\n`
  const { profile, choice } = readText(one('cycles') + one('cache-misses') + one('cycles'))
  expect(sum(profile.samples.values[0]!)).toBe(2)
  expect(choice).toBe('the event cycles was read, not cache-misses')
})

it('quotes a line that is neither a sample nor a frame', () => {
  expect(() => readText(`node 7 1.5: 3 cycles: \n${STACK}what is this\n`)).toThrow(
    /line 6 is neither a sample nor a frame: "what is this"/,
  )
})
