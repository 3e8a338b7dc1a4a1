/** Profiles of a process that runs already: CPU and allocation, and how busy its loop was. */
import { setTimeout } from 'node:timers/promises'
import { readProfile } from '../formats/index.ts'
import { MeasureError } from '../model/errors.ts'
import type { Profile } from '../model/profile.ts'
import { buildCallTree, functionTable } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import { type Attached, attach, detach } from './process.ts'

/** µs between two samples of the CPU, and bytes between two of allocation, on average. */
const CPU_INTERVAL = 1_000
const ALLOCATION_INTERVAL = 131_072

export interface Recorded {
  cpu: Profile
  allocation: Profile
  /** Share of the time that the loop was busy. */
  busy: number
  /** Milliseconds. */
  duration: number
  /** Where the inspector listened, and whether it had been open before. */
  address: string
  wasOpen: boolean
}

/**
 * Whatever happens, the inspector is closed again, unless it was open before.
 *
 * @param duration ms
 * @throws MeasureError when the process cannot be profiled, or ends meanwhile; the signal's reason when it aborts
 */
export async function recordProcess(pid: number, duration: number, signal: AbortSignal): Promise<Recorded> {
  const attached = await attach(pid)
  try {
    signal.throwIfAborted()
    return await record(attached, duration, signal)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (cause instanceof MeasureError) throw cause
    throw new MeasureError(`Process ${pid} could not be profiled.`, {
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Check that it still runs, and try again.',
      cause,
    })
  } finally {
    await detach(attached)
  }
}

async function record(
  { inspector, address, wasOpen }: Attached,
  duration: number,
  signal: AbortSignal,
): Promise<Recorded> {
  const began = performance.now()
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.setSamplingInterval', { interval: CPU_INTERVAL })
  await inspector.post('HeapProfiler.startSampling', {
    samplingInterval: ALLOCATION_INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  await inspector.post('Profiler.start')
  try {
    await setTimeout(duration, undefined, { signal })
  } finally {
    if (signal.aborted) await inspector.post('HeapProfiler.stopSampling').catch(() => {})
    if (signal.aborted) await inspector.post('Profiler.disable').catch(() => {})
  }
  const cpu = await inspector.post<{ profile: object }>('Profiler.stop')
  const allocation = await inspector.post<{ profile: object }>('HeapProfiler.stopSampling')
  await inspector.post('Profiler.disable')
  const profile = decoded(cpu.profile)
  return {
    cpu: profile,
    allocation: decoded(allocation.profile),
    busy: busyShare(profile),
    duration: performance.now() - began,
    address,
    wasOpen,
  }
}

const decoded = (profile: object): Profile => readProfile(Buffer.from(JSON.stringify(profile))).profile

/** From the samples: each of them interrupts a loop that sleeps, and Node counts that as the end of the sleep. */
function busyShare(profile: Profile): number {
  const tree = buildCallTree([profile])
  const own = functionTable(tree).self[0]!
  const idle = own.filter((_, at) => tree.frames[at]!.name === '(idle)')
  return 1 - sum(idle) / Math.max(1, sum(own))
}
