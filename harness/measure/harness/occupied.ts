/** Two runs that write into one folder would each take the other's rounds for their own. */
import { UsageError } from '../../model/errors.ts'
import { isInside } from '../../paths/inside.ts'
import { isRunning, type OwnLease, otherLeases } from '../both/lease.ts'

/**
 * @param own the lease of a run that has begun, which gives way to those that came before it
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
