/** bpftrace (0.17 or newer): the programs that look at a process from the kernel's side, and their output. */

/** A row of a map: what it is counted by, its stacks as symbols from the innermost on, and the value. */
export interface TraceRow {
  keys: string[]
  stacks: string[][]
  value: number
}

export interface Trace {
  /** By name, without the `@`. */
  maps: Record<string, TraceRow[]>
  /** Events that bpftrace had no room for. */
  lost: number
}

/** Stands for frames that have no symbol. */
export const UNKNOWN_SYMBOL = '[unknown]'

/** Without it, bpftrace reads the symbols of the program again for each frame, and hangs for tens of seconds. */
const CACHE = 'BPFTRACE_CACHE_USER_SYMBOLS=1'

/** The command that runs a program and writes its maps as JSON once it gets SIGINT. */
export const bpftraceCommand = (program: string): string[] => [
  'env',
  CACHE,
  'bpftrace',
  '-f',
  'json',
  '-e',
  program,
]

/** The line with which bpftrace says that it has begun. */
export const ATTACHED = /"attached_probes"/

const ofProcesses = (pids: number[]): string => pids.map(pid => `pid == ${pid}`).join(' || ')

/**
 * `off`: nanoseconds by thread, state when it stopped, and stack. Follows OpenTelemetry's profiler in measuring at
 * `sched_switch` alone, which needs no kprobes.
 */
export const offCpuProgram = (pids: number[]): string => `
tracepoint:sched:sched_switch /${ofProcesses(pids)}/ {
  @since[tid] = nsecs; @state[tid] = args->prev_state; @stack[tid] = ustack(perf);
}
tracepoint:sched:sched_switch /@since[args->next_pid]/ {
  $next = args->next_pid;
  @off[$next, @state[$next], @stack[$next]] = sum(nsecs - @since[$next]);
  delete(@since[$next]);
}
END { clear(@since); clear(@state); clear(@stack); }`

/** `on`: samples by thread, stack in the program, and stack in the kernel. */
export const onCpuProgram = (pids: number[], hertz: number): string =>
  `profile:hz:${hertz} /${ofProcesses(pids)}/ { @on[tid, ustack(perf), kstack(perf)] = count(); }`

/** Lines that are not JSON are bpftrace's warnings, and say nothing about the maps. */
export function readTrace(output: string): Trace {
  const trace: Trace = { maps: {}, lost: 0 }
  for (const line of output.split('\n')) {
    const message = parse(line)
    if (message?.type === 'lost_events') trace.lost += Number(message.data?.events) || 0
    if (message?.type !== 'map') continue
    for (const [name, rows] of Object.entries(message.data ?? {})) {
      if (typeof rows !== 'object' || rows === null) continue
      trace.maps[name.replace(/^@/, '')] = Object.entries(rows).flatMap(([key, value]) =>
        Number.isFinite(value) ? [{ ...readKey(key), value: value as number }] : [],
      )
    }
  }
  return trace
}

function parse(line: string): { type?: unknown; data?: Record<string, unknown> } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** `4044,1,\n\tADDRESS SYMBOL+OFFSET (FILE)\n\t…\n`: a stack begins with a line break, and symbols contain commas. */
function readKey(key: string): Pick<TraceRow, 'keys' | 'stacks'> {
  const [head = '', ...rest] = key.split('\n')
  const stacks: string[][] = rest.length > 0 ? [[]] : []
  for (const line of rest) {
    if (line === ',' || line.startsWith(',')) stacks.push([])
    else if (line.trim() !== '') stacks.at(-1)!.push(symbolOf(line.trim()))
  }
  return { keys: head.replace(/,$/, '').split(','), stacks }
}

const symbolOf = (frame: string): string =>
  /^[\da-f]+ (.+)\+(?:0x)?[\da-f]+ \(.*\)$/.exec(frame)?.[1] ?? UNKNOWN_SYMBOL
