/** When threads of libuv's pool take tasks up, from literal times. */
import { createRequire } from 'node:module'
import { beforeEach, describe, expect, it } from 'vitest'

const { Pool } = createRequire(import.meta.url)('../../harness/agent/waits/pool.cjs')

let pool: {
  threads: number
  busy: Record<string, number>
  add(id: number, kind: string, resource: object, now: number): void
  end(id: number, now: number): number | undefined
}
beforeEach(() => {
  pool = new Pool()
})

const asked = { ondone: () => {} }
const addAll = (kind: string, ids: number[], now = 0) => {
  for (const id of ids) pool.add(id, kind, asked, now)
}

describe('the thread pool', () => {
  it('takes up as many tasks as it has threads, and the next one when a task ends', () => {
    expect(pool.threads).toBe(4)
    addAll('files', [1, 2, 3, 4, 5, 6])
    expect(pool.end(2, 7)).toBe(0)
    expect([1, 5, 6].map(id => pool.end(id, 9))).toEqual([0, 7, 9])
  })

  it('looks names up on half of its threads, so others overtake', () => {
    addAll('lookup', [1, 2, 3, 4])
    addAll('files', [5], 3)
    expect(pool.end(5, 8)).toBe(3)
    expect([1, 2, 3, 4].map(id => pool.end(id, 9 + id))).toEqual([0, 0, 10, 11])
  })

  it('is busy for as long as tasks run, not for as long as they wait', () => {
    addAll('crypto', [1, 2, 3, 4, 5])
    pool.end(1, 10)
    pool.end(5, 14)
    expect(pool.busy).toEqual({ crypto: 14 })
  })

  it('is not used by synchronous calls, whose objects never come back', () => {
    for (const id of [1, 2, 3, 4, 5, 6]) pool.add(id, 'crypto', {}, 0)
    pool.add(7, 'compression', {}, 0)
    addAll('files', [8], 1)
    expect(pool.end(8, 4)).toBe(1)
  })

  it('ignores what is not a task', () => {
    expect(pool.end(99, 1)).toBeUndefined()
    expect(pool.busy).toEqual({})
  })
})
