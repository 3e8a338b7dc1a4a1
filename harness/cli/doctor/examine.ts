/** Machine → findings: what will blur figures here, and what to do about it. Pure. */
import type { Finding } from '../../model/finding.ts'
import { planPinning } from '../../plan/pinning.ts'
import type { Machine } from './machine.ts'
import { percent } from './words.ts'

type Entry = Pick<Finding, 'severity' | 'advice'> & {
  /** What was seen, with figures; `null` when there is nothing to say. */
  detect(machine: Machine): string | null
}

/** Share of all processors' time that other work may take before it is worth a word. */
const BUSY = 0.1
/** Load average per processor, likewise. */
const LOADED = 0.5
const STEAL = 0.01
/** Nanoseconds: a slice lasts 25 ms, an answer often less than 100 µs. */
const COARSE = 1_000
/** Bytes. */
const LITTLE_MEMORY = 512 * 2 ** 20

export const CATALOGUE: Record<string, Entry> = {
  'one-processor': {
    severity: 'error',
    advice: 'Use a machine (or a container) with two processors or more.',
    detect: ({ processors }) =>
      processors.length < 2
        ? 'There is one processor: the load generator and the service take turns on it.'
        : null,
  },
  'pinning-unavailable': {
    severity: 'warning',
    advice:
      'On Linux install `taskset` (package util-linux), so that load and service do not share a processor.',
    detect: ({ pinnable, processors }) =>
      pinnable || processors.length < 2 ? null : 'Processes cannot be pinned to processors.',
  },
  'shared-core': {
    severity: 'warning',
    advice:
      'Give the run processors of different cores (`taskset -c` in front of the command), or switch off simultaneous multithreading.',
    detect: sharedCore,
  },
  'processor-quota': {
    severity: 'warning',
    advice:
      'Raise or drop the limit of the container: a throttled service stands still for tens of milliseconds.',
    detect: ({ quota, processors }) =>
      quota !== null && quota < processors.length
        ? `A quota allows ${Number(quota.toFixed(2))} processors' worth of time on ${processors.length} processors.`
        : null,
  },
  busy: {
    severity: 'warning',
    advice: 'Close what else is running, or use a machine of its own. CPU per request suffers least.',
    detect: otherWork,
  },
  steal: {
    severity: 'warning',
    advice: 'The host gives this time to other machines: use a dedicated one, or another hour.',
    detect: ({ steal }) =>
      steal !== null && steal > STEAL
        ? `${percent(steal)} of the processors' time was stolen by the host.`
        : null,
  },
  governor: {
    severity: 'info',
    advice: 'Set it for the time of the run: `cpupower frequency-set -g performance`.',
    detect: ({ governors }) => {
      const slow = governors.filter(name => name !== 'performance')
      return slow.length > 0 ? `The frequency of processors is governed by \`${slow.join('`, `')}\`.` : null
    },
  },
  'on-battery': {
    severity: 'warning',
    advice: 'Plug it in: on battery the processors change their pace.',
    detect: ({ onBattery }) => (onBattery ? 'The machine runs on its battery.' : null),
  },
  'clock-coarse': {
    severity: 'warning',
    advice: 'Boot with the processor’s own counter as clock source (`tsc`), where it is stable.',
    detect: ({ clock: { source, resolution } }) =>
      resolution > COARSE
        ? `The clock${source ? ` (${source})` : ''} moves in steps of ${(resolution / 1_000).toFixed(1)} µs.`
        : null,
  },
  'no-schedstat': {
    severity: 'warning',
    advice: 'Measure on Linux with scheduler statistics for CPU time of every thread.',
    detect: ({ schedstat }) =>
      schedstat
        ? null
        : 'The kernel does not count time on a processor per thread: CPU time comes from the service itself, and waiting is not seen.',
  },
  'little-memory': {
    severity: 'warning',
    advice: 'Free some: a machine that swaps measures its disk.',
    detect: ({ memory: { available } }) =>
      available < LITTLE_MEMORY ? `${Math.round(available / 2 ** 20)} MiB of memory are available.` : null,
  },
  virtual: {
    severity: 'info',
    advice: 'Compare variants within one run only: another run may meet another neighbour.',
    detect: ({ virtual }) =>
      virtual ? 'This is a virtual machine: it shares its processors and caches.' : null,
  },
}

/** In the catalogue's order. */
export const examine = (machine: Machine): Finding[] =>
  Object.entries(CATALOGUE).flatMap(([code, { severity, advice, detect }]) => {
    const message = detect(machine)
    return message === null ? [] : [{ code, severity, message, ...(advice && { advice }) }]
  })

/** Two threads of one core slow each other down by a third and more, and the load is never the same. */
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

function otherWork({ busy, load, processors, busiest }: Machine): string | null {
  const loaded = load / processors.length > LOADED
  if (!loaded && (busy === null || busy <= BUSY)) return null
  const shares = busiest.slice(0, 3).map(({ name, share }) => `${name} ${percent(share)}`)
  const seen = [
    ...(busy === null ? [] : [`processors ${percent(busy)} busy`]),
    `load average ${load.toFixed(1)} on ${processors.length}`,
  ]
  return `Other work is running: ${seen.join(', ')}${shares.length > 0 ? ` (${shares.join(', ')} of one processor)` : ''}.`
}
