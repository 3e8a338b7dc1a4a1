/** What the kernel saw, as profiles: literals of what bpftrace writes. */
import { describe, expect, it } from 'vitest'
import { offCpuProfile } from '../../harness/collectors/off-cpu.ts'
import { sharesOf } from '../../harness/collectors/states.ts'
import { onCpuProfile } from '../../harness/collectors/system.ts'
import { callOf } from '../../harness/kernel/thread-state.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { framesOf } from '../../harness/profile/index.ts'
import { unknownShare } from '../../harness/waits/symbols.ts'

/** `outer;inner value`, a line for each sample. */
function folded(profile: Profile): string[] {
  const frames = framesOf(profile)
  const { parent, location } = profile.stacks
  return Array.from(profile.samples.stack, (leaf, at) => {
    const names = []
    for (let node = leaf; node !== -1; node = parent[node]!)
      names.unshift(frames[profile.locations.function[location[node]!]!]!.name)
    return `${names.join(';')} ${profile.samples.values[0]![at]}`
  })
}

const row = (keys: string[], symbols: string[], value: number) => ({ keys, stacks: [symbols], value })
const kindOfThread = (tid: string) => (tid === '1' ? 'main' : 'pool')

describe('where threads stop running', () => {
  it('leaves out what they do when there is nothing to do', () => {
    const profile = offCpuProfile(
      [
        row(['1', '1'], ['epoll_pwait', 'uv__io_poll', 'uv_run'], 900),
        row(['2', '1'], ['pthread_cond_wait', 'uv_cond_wait', 'worker'], 800),
        row(['1', '1'], ['futex', "JS:*'takeLock file:///srv/app.mjs:7:3", 'uv_run'], 50),
        row(['1', '2'], ['fsync', 'JS:~writeAudit file:///srv/app.mjs:9:3'], 40),
        row(['1', '256'], ['JS:*work file:///srv/app.mjs:1:1'], 30),
      ],
      kindOfThread,
    )
    expect(folded(profile)).toEqual([
      '(main thread);uv_run;takeLock;futex;[sleeps] 50',
      '(main thread);writeAudit;fsync;[waits for storage] 40',
      '(main thread);work;[waiting for a processor] 30',
    ])
  })

  it('tells how many frames have no name', () => {
    const rows = [
      row(['1', '1'], ['futex', '[unknown]', '[unknown]'], 2),
      row(['1', '1'], ['futex', 'uv_run'], 3),
    ]
    expect(unknownShare(rows)).toBeCloseTo(4 / 12)
    expect(unknownShare([])).toBe(0)
  })
})

it('what threads run goes on in the kernel', () => {
  const stacks = [
    ['read', 'JS:*load file:///srv/app.mjs:1:1'],
    ['vfs_read', 'do_syscall_64'],
  ]
  expect(folded(onCpuProfile([{ keys: ['1'], stacks, value: 99 }]))).toEqual([
    'load;read;do_syscall_64;vfs_read 1000000000',
  ])
})

describe('the state of a thread', () => {
  it('has the name of its system call', () => {
    expect(callOf('202 0x7f 0x80 0x2 0x0 0x0 0x0 0x7ffd 0x7f', 'x64')).toBe('futex')
    expect(callOf('82 0x3', 'arm64')).toBe('fsync')
    expect(callOf('999 0x3', 'x64')).toBe('system call 999')
    expect(callOf('running', 'x64')).toBe('')
  })

  it('is idle where it waits for events, and blocked elsewhere', () => {
    const seen = (state: string, call: string, time: number) => ({
      state: { state, call, channel: '' },
      time,
    })
    const all = [
      seen('R', '', 10),
      seen('S', 'epoll_pwait', 60),
      seen('S', 'futex', 20),
      seen('D', 'fsync', 10),
    ]
    expect(sharesOf(all)).toEqual({ running: 0.1, idle: 0.6, blocked: 0.2, storage: 0.1 })
    expect(sharesOf([])).toEqual({ running: 0, idle: 0, blocked: 0, storage: 0 })
  })
})
