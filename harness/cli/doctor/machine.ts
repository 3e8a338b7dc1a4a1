/** What the machine is like, and what it is doing now. It names programs, never their arguments or settings. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { type KernelView, triedKernelView } from '../../kernel/kernel-view.ts'
import {
  clockSource,
  coresOf,
  describeMachine,
  governorsOf,
  isOnBattery,
  isVirtual,
  processorQuota,
} from '../../kernel/machine.ts'
import { countsThreads } from '../../kernel/threads.ts'
import { type Usage, watchUsage } from '../../kernel/times.ts'
import type { World } from '../../model/world.ts'

/** `null` where the platform does not say. `busy` and `steal` are shares of all processors' time. */
export interface Machine extends Usage {
  platform: string
  arch: string
  kernel: string
  cpuModel: string
  /** Processors of the whole machine. */
  cores: number
  /** Numbers of those that this process can use. */
  processors: number[]
  /** Sets of processors that share a core. */
  siblings: number[][] | null
  /** Processors' worth of time that a container can use; `null` also without a limit. */
  quota: number | null
  pinnable: boolean
  governors: string[]
  /** Load average of one minute, which includes what has ended since. */
  load: number
  clock: { source: string | null /** Nanoseconds. */; resolution: number }
  /** Bytes. */
  memory: { total: number; available: number }
  node: string
  v8: string
  /** Whether the kernel counts each thread's time on a processor. */
  schedstat: boolean
  virtual: boolean | null
  /** Whether it runs on a battery; `null` if it has none. */
  onBattery: boolean | null
  /** Whether the collectors `off-cpu` and `system` can run. */
  kernelView: KernelView
}

/** @param interval milliseconds over which usage is watched */
export async function inspectMachine({ platform, signal }: World, interval = 1_000): Promise<Machine> {
  const usage = watchUsage()
  await wait(interval, undefined, { signal })
  return {
    ...describeMachine(),
    platform: platform.name,
    cores: cpus().length || availableParallelism(),
    processors: platform.processors,
    siblings: coresOf(platform.processors),
    quota: processorQuota(),
    pinnable: platform.pinnable,
    governors: governorsOf(platform.processors),
    ...usage(),
    clock: { source: clockSource(), resolution: resolution() },
    memory: { total: totalmem(), available: freemem() },
    schedstat: countsThreads(),
    virtual: isVirtual(),
    onBattery: isOnBattery(),
    kernelView: triedKernelView(platform.name),
  }
}

/** The smallest step that two readings of the clock can be apart, in nanoseconds. */
function resolution(): number {
  let least = Number.POSITIVE_INFINITY
  for (let step = 0; step < 1_000; step++) {
    const from = process.hrtime.bigint()
    let to = process.hrtime.bigint()
    while (to === from) to = process.hrtime.bigint()
    least = Math.min(least, Number(to - from))
  }
  return least
}
