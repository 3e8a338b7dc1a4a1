/**
 * What all threads run, with native frames: V8's builtins, libuv, OpenSSL and the kernel. Sampled by the kernel, so it sees
 * what V8's own profiler cannot. Needs bpftrace and root.
 */
import { ATTACHED, bpftraceCommand, onCpuProgram, readTrace, type TraceRow } from '../kernel/bpftrace.ts'
import { requireKernelView } from '../kernel/kernel-view.ts'
import type { Helper, LaunchCollector } from '../model/capabilities.ts'
import type { Profile } from '../model/profile.ts'
import { KERNEL_FILE, ProfileBuilder } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import { symbolLocator, unknownShare } from '../waits/symbols.ts'

/** Not a round number, so that work that is done at round intervals is not always met or always missed. */
const HERTZ = 99

/** V8 then writes the names of compiled functions to a file, and gives interpreted ones frames of their own. */
export const PERF_MAP = ['--perf-basic-prof-only-functions', '--interpreted-frames-native-stack']

const helpers = new WeakMap<object, Helper>()

const system: LaunchCollector = {
  name: 'system',
  scope: 'launch',
  order: 65,
  share: 1.5,
  onRequest: true,
  mayFail: true,
  v8: PERF_MAP,
  sums: ['samples'],
  async start(launch, occasion) {
    requireKernelView(launch.processes())
    helpers.set(
      launch,
      await occasion.helper(bpftraceCommand(onCpuProgram(launch.processes(), HERTZ)), ATTACHED),
    )
  },
  /** `samples`; `unknown`: share of the frames without a name; `lost`: samples that were not counted. */
  async stop(launch) {
    const { maps, lost } = readTrace((await helpers.get(launch)?.end('SIGINT')) ?? '')
    // An empty map is not written.
    const rows = maps.on ?? []
    return {
      profile: onCpuProfile(rows),
      figures: { samples: sum(rows.map(({ value }) => value)), unknown: unknownShare(rows), lost },
    }
  },
}

/** The kernel's frames are called by the program's. */
export function onCpuProfile(rows: TraceRow[]): Profile {
  const builder = new ProfileBuilder([{ type: 'system_cpu', unit: 'nanoseconds' }])
  const locationOf = symbolLocator(builder)
  for (const { stacks, value } of rows) {
    const [program = [], kernel = []] = stacks
    let stack = -1
    for (const symbol of program.toReversed()) stack = builder.stack(stack, locationOf(symbol))
    for (const symbol of kernel.toReversed())
      stack = builder.stack(stack, builder.location(builder.function(symbol, KERNEL_FILE)))
    builder.sample(stack, [(value / HERTZ) * 1e9])
  }
  return builder.build({ period: 1e9 / HERTZ })
}

export default system
