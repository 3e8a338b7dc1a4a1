import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readTrace, UNKNOWN_SYMBOL } from '../../harness/kernel/bpftrace.ts'

const FILE = join(import.meta.dirname, 'files/bpftrace.json.gz')

describe('the output of bpftrace', () => {
  it('of a real run has its stacks, JavaScript and native frames in one', () => {
    const { maps } = readTrace(gunzipSync(readFileSync(FILE)).toString())
    const rows = maps.cpu!
    expect(rows).toHaveLength(36)
    const [js] = rows.filter(({ stacks }) => stacks[0]!.some(symbol => symbol.includes('hotLoop')))
    expect(js!.keys).toEqual(['flamesrv'])
    expect(js!.stacks[0]![0]).toBe("JS:*'hotLoop file:///srv/app/srv.mjs:4:17")
    expect(js!.stacks[0]!.at(-1)).toBe('__libc_start_call_main')
  })

  it('is read with numbers and two stacks as keys', () => {
    const key =
      '4044,1,\n\t7f01 work(int, char)+12 (/bin/app)\n\t7f02 0x7f02 ([unknown])\n,\n\tffff read+0x4c ([kernel])\n'
    expect(readTrace(JSON.stringify({ type: 'map', data: { '@off': { [key]: 7 } } })).maps.off).toEqual([
      { keys: ['4044', '1'], stacks: [['work(int, char)', UNKNOWN_SYMBOL], ['read']], value: 7 },
    ])
  })

  it('tells how many events were lost, and ignores what is not JSON', () => {
    const lines = [
      'Attaching 2 probes...',
      '{"type": "lost_events", "data": {"events": 5}}',
      '{"type": "map"',
      '',
    ]
    expect(readTrace(lines.join('\n'))).toEqual({ maps: {}, lost: 5 })
  })
})
