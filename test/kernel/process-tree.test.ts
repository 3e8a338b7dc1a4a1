import { once } from 'node:events'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { descendants } from '../../harness/kernel/processes.ts'

const fixture = (name: string) => join(import.meta.dirname, '../fixtures', name)

describe.skipIf(!ProcessTree.supported)('counters of the kernel', () => {
  it('agree with what the process reports itself', async () => {
    const child = execa(process.execPath, [fixture('burn.js')], { buffer: false, reject: false })
    try {
      await once(child.stdout, 'data')
      const tree = new ProcessTree(child.pid!)
      const before = tree.read()
      child.stdin.write('200')
      const [said] = await once(child.stdout, 'data')
      const after = tree.read()
      const main = after.mainCpu! - before.mainCpu!
      expect(main / Number(String(said))).toBeGreaterThan(0.98)
      expect(main / Number(String(said))).toBeLessThan(1.1)
      expect(after.cpu! - before.cpu!).toBeGreaterThanOrEqual(main)
    } finally {
      child.kill('SIGKILL')
      await child
    }
  })

  it('follow children, and survive their end', async () => {
    const child = execa(process.execPath, [fixture('family.js')], { buffer: false, reject: false })
    const [line] = await once(child.stdout, 'data')
    const pids = String(line).trim().split(' ').map(Number)
    try {
      const tree = new ProcessTree(child.pid!)
      expect(descendants(child.pid!).toSorted()).toEqual(pids.toSorted())
      const before = tree.read()
      expect(tree.resident()).toBeGreaterThan(20 * 2 ** 20)
      process.kill(pids[1]!, 'SIGKILL')
      await child
      expect(tree.read().cpu).toBeGreaterThanOrEqual(before.cpu!)
      expect(tree.resident()).toBeNull()
    } finally {
      child.kill('SIGKILL')
      await child
    }
  })
})
