/** Machine → findings: what blurs measurements here, and what to do about it. Pure. */
import { type Detectors, detect } from '../../findings/index.ts'
import type { Finding } from '../../model/finding.ts'
import { planPinning } from '../../plan/defaults.ts'
import { share } from '../../words/numbers.ts'
import type { Machine } from './machine.ts'

/** Share of all processors' time that other work may take before it is reported. */
const BUSY = 0.1
const STEAL = 0.01
/** Nanoseconds: a slice lasts 25 ms, an answer often less than 100 µs. */
const COARSE = 1_000
/** Bytes. */
const LITTLE_MEMORY = 512 * 2 ** 20

const DETECTORS: Detectors<[machine: Machine]> = {
  'one-processor': ({ processors }) =>
    processors.length < 2
      ? 'There is one processor: the load generator and the service take turns on it.'
      : null,
  'pinning-unavailable': ({ pinnable, processors }) =>
    pinnable || processors.length < 2 ? null : 'Processes cannot be pinned to processors.',
  'shared-core': sharedCore,
  'processor-quota': ({ quota, processors }) =>
    quota !== null && quota < processors.length
      ? `A quota allows ${Number(quota.toFixed(2))} processors' worth of time on ${processors.length} processors.`
      : null,
  busy: otherWork,
  steal: ({ steal }) =>
    steal !== null && steal > STEAL
      ? `${share(steal)} of the processors' time was stolen by the host.`
      : null,
  governor: ({ governors }) => {
    const slow = governors.filter(name => name !== 'performance')
    return slow.length > 0 ? `The frequency of processors is governed by \`${slow.join('`, `')}\`.` : null
  },
  'on-battery': ({ onBattery }) => (onBattery ? 'The machine runs on its battery.' : null),
  'clock-coarse': ({ clock: { source, resolution } }) =>
    resolution > COARSE
      ? `The clock${source ? ` (${source})` : ''} moves in steps of ${(resolution / 1_000).toFixed(1)} µs.`
      : null,
  'no-schedstat': ({ schedstat }) =>
    schedstat
      ? null
      : 'The kernel does not report run time per thread: CPU time comes from the service itself, and waiting for a processor is unknown.',
  'little-memory': ({ memory: { available } }) =>
    available < LITTLE_MEMORY ? `${Math.round(available / 2 ** 20)} MiB of memory are available.` : null,
  virtual: ({ virtual }) =>
    virtual ? 'This is a virtual machine: it shares its processors and caches.' : null,
}

export const examine = (machine: Machine): Finding[] => detect(DETECTORS, machine)

/** Two threads of one core slow each other down by a third or more, and by a different amount each time. */
function sharedCore({ platform, processors, pinnable, siblings }: Machine): string | null {
  const pinning = planPinning({ name: platform, processors, pinnable, execPath: '' })
  const shared = siblings?.find(
    core =>
      pinning?.target.some(number => core.includes(number)) &&
      pinning.loader.some(number => core.includes(number)),
  )
  return shared
    ? `Service and load generator are threads of one core (processors ${shared.join(', ')}).`
    : null
}

/** What runs now. The load average still counts, for minutes, what has ended: one of our own runs, for example. */
function otherWork({ busy, busiest }: Machine): string | null {
  if (busy === null || busy <= BUSY) return null
  const shares = busiest.slice(0, 3).map(one => `${one.name} ${share(one.share)}`)
  return `Other work is running: the processors are ${share(busy)} busy${shares.length > 0 ? ` (${shares.join(', ')} of one processor)` : ''}.`
}
