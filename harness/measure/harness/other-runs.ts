/** Keeps out of the way of other runs on this machine. */
import { UsageError } from '../../model/errors.ts'
import type { World } from '../../model/world.ts'
import { isInside } from '../../paths/inside.ts'
import { isRunning, type OwnLease, otherLeases } from '../both/lease.ts'

/** Milliseconds between two checks whether another run has ended. */
const LOOK = 500

/**
 * Two runs that write into one folder would each take the other's rounds for their own.
 *
 * @param own the lease of a run that has begun, which gives way to earlier ones
 * @throws UsageError when another run writes into the folder, or into one below it
 */
export function refuseOccupied(folder: string, own?: OwnLease): void {
  const others = own ? otherLeases().filter(other => own.isAfter(other)) : otherLeases()
  const other = others.find(lease => isInside(folder, lease.output) && isRunning(lease))
  if (!other) return
  throw new UsageError('Another run is writing into this folder.', {
    place: folder,
    details: `Process ${other.harness.pid} measures \`${other.scenario}\` there.`,
    advice: 'Wait until it has ended, or give this run a folder of its own with `--output`.',
  })
}

/** Waits until it is this run's turn. Each run that it waits for is named once. */
export async function waitForOthers(lease: OwnLease, world: World): Promise<void> {
  let named = 0
  for (let [first] = lease.ahead(); first; [first] = lease.ahead()) {
    world.signal.throwIfAborted()
    const { scenario, harness } = first
    if (harness.pid !== named) world.emit({ type: 'waiting', scenario, pid: harness.pid })
    named = harness.pid
    await new Promise(resolve => setTimeout(resolve, LOOK))
  }
  lease.begin()
}
