/** Profiles of a process that runs already: CPU and allocation, and how busy its loop was. */
import { setTimeout } from 'node:timers/promises'
import { readProfile } from '../formats/index.ts'
import { MeasureError } from '../model/errors.ts'
import type { Profile } from '../model/profile.ts'
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

interface LoopTime {
  active: number
  idle: number
}

const LOOP = '(({ active, idle }) => ({ active, idle }))(performance.eventLoopUtilization())'

async function record(
  { inspector, address, wasOpen }: Attached,
  duration: number,
  signal: AbortSignal,
): Promise<Recorded> {
  const began = performance.now()
  const before = await inspector.evaluate<LoopTime>(LOOP)
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
  const after = await inspector.evaluate<LoopTime>(LOOP)
  const [active, idle] = [after.active - before.active, after.idle - before.idle]
  return {
    cpu: decoded(cpu.profile),
    allocation: decoded(allocation.profile),
    busy: active / Math.max(1, active + idle),
    duration: performance.now() - began,
    address,
    wasOpen,
  }
}

const decoded = (profile: object): Profile => readProfile(Buffer.from(JSON.stringify(profile))).profile
