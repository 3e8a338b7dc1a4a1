/** Whether bpftrace can look at processes here, and what it lacks. */
import { spawnSync } from 'node:child_process'
import { linkOf, namesIn, readText } from './proc.ts'

/** bpftrace's version, `null` where it cannot be run; and what stands in its way, each with the way out. */
export interface KernelView {
  version: string | null
  lacks: string[]
}

/** The first one that can read the symbols of a running program once, and write JSON. */
const OLDEST = [0, 17]

/** Where the kernel shows its tracepoints: by itself since Linux 4.1, or as a part of debugfs before. */
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']

/** The namespace in which processes have the numbers that the kernel itself uses; fixed in its sources. */
const FIRST_NAMESPACE = 'pid:[4026531836]'

/** Looks for what can be seen without running anything. */
export function kernelView(platform: string = process.platform): KernelView {
  if (platform !== 'linux') return { version: null, lacks: ['this is not Linux'] }
  const { stdout } = bpftrace('--version')
  const version = /v(\d+\.\d+(?:\.\d+)?)/.exec(stdout ?? '')?.[1] ?? null
  return {
    version,
    lacks: lacksOf({
      version,
      isRoot: process.geteuid?.() === 0,
      hasTracefs: TRACEFS.some(hasTracepoints),
      isContained: linkOf('/proc/self/ns/pid') !== FIRST_NAMESPACE,
    }),
  }
}

/** The same, and runs a program that ends at once: a kernel or a container can forbid it. Takes a second or two. */
export function triedKernelView(platform: string = process.platform): KernelView {
  const view = kernelView(platform)
  if (view.lacks.length > 0) return view
  const { status, stderr } = bpftrace('-e', 'tracepoint:sched:sched_switch { exit() }')
  if (status === 0) return view
  const [reason = 'it did not end'] = (stderr ?? '').split('\n').filter(line => line.trim() !== '')
  return { ...view, lacks: [`bpftrace cannot look at this kernel (${reason.trim()})`] }
}

const bpftrace = (...args: string[]) =>
  spawnSync('bpftrace', args, { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'] })

/** @throws Error that says what bpftrace lacks here, or why it cannot tell these processes */
export function requireKernelView(pids: number[]): void {
  const { lacks } = kernelView()
  if (pids.some(isInContainer))
    lacks.push('the service is in a container, whose files with names it cannot read')
  if (lacks.length > 0) throw new Error(`The kernel's view is not available: ${lacks.join('; ')}.`)
}

/** Whether a process has another number in a namespace of its own. */
const isInContainer = (pid: number): boolean => /^NSpid:\s+\d+\s+\d/m.test(readText(`/proc/${pid}/status`))

interface Found {
  /** `null` where bpftrace cannot be run. */
  version: string | null
  isRoot: boolean
  hasTracefs: boolean
  /** Whether this program runs in a namespace of processes of its own. */
  isContained: boolean
}

export function lacksOf({ version, isRoot, hasTracefs, isContained }: Found): string[] {
  return [
    ...(version === null ? ['bpftrace cannot be run (install the package `bpftrace`)'] : []),
    ...(version !== null && isOlder(version)
      ? [`bpftrace ${version} is too old (install ${OLDEST.join('.')} or newer)`]
      : []),
    ...(isRoot ? [] : ['it needs root (run as root)']),
    ...(isContained
      ? ['processes have other numbers here than in the kernel (run outside of the container)']
      : []),
    // Only root can see whether it is there.
    ...(isRoot && !hasTracefs ? [`tracefs is not mounted (mount -t tracefs nodev ${TRACEFS[0]})`] : []),
  ]
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0]! || (major === OLDEST[0] && minor < OLDEST[1]!)
}

const hasTracepoints = (folder: string): boolean => namesIn(folder).includes('events')
