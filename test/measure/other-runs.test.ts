import { describe, expect, it } from 'vitest'
import { processState } from '../../harness/kernel/processes.ts'
import { OwnLease, refuseOccupied } from '../../harness/measure/both/lease.ts'
import { disown, haveOwnLeases } from './own-leases.ts'

haveOwnLeases()

/** A run of the process that has started this one, which lives for longer. */
function another(output: string, changes: object = {}): void {
  const harness = { pid: process.ppid, started: processState(process.ppid)?.started ?? 0 }
  disown(OwnLease.take({ scenario: 'other', output }), { harness, ...changes })
}

describe('a folder that another run writes into', () => {
  it.each(['/runs/a', '/runs', '/'])('is refused: %s', folder => {
    another('/runs/a')
    expect(() => refuseOccupied(folder)).toThrow('Another run is writing into this folder.')
  })

  it.each(['/runs/ab', '/runs/a/below', '/other'])('is not %s', folder => {
    another('/runs/a')
    refuseOccupied(folder)
  })

  it('is free when that run has crashed', () => {
    another('/runs/a', { harness: { pid: 2 ** 22, started: 1 } })
    refuseOccupied('/runs/a')
  })

  it('belongs to the one that came first', () => {
    const own = OwnLease.take({ scenario: 'own', output: '/runs/a' })
    another('/runs/a', { taken: Date.now() + 1_000 })
    refuseOccupied('/runs/a', own)
    another('/runs/a', { taken: Date.now() - 1_000 })
    expect(() => refuseOccupied('/runs/a', own)).toThrow('Another run is writing')
  })
})
