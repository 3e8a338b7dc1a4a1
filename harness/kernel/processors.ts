/** Which processors a process can use, and how they share cores. */
import { readText } from './proc.ts'
import { descendants } from './processes.ts'

/** Processors that both this process and the target's tree can use; absent where there are none, or nobody knows. */
export function sharedProcessors(root: number): { sharedProcessors?: number[] } {
  const own = new Set(allowedProcessors(process.pid))
  const shared = new Set(descendants(root).flatMap(allowedProcessors)).intersection(own)
  return shared.size > 0 ? { sharedProcessors: [...shared] } : {}
}

/** Numbers of the processors that a process's main thread can use (proc_pid_status(5)); none where they are unknown. */
export function allowedProcessors(pid: number): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`/proc/${pid}/status`))?.[1]
  return list ? parseProcessorList(list) : []
}

/** `0-2,5` → [0, 1, 2, 5] */
export function parseProcessorList(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last] = range.split('-').map(Number)
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, index) => first! + index)
  })
}

/** The `topology/thread_siblings_list` of each processor → sets of processors that share a core. */
export function parseCores(lists: string[]): number[][] {
  return [...new Set(lists)].map(parseProcessorList).sort((a, b) => a[0]! - b[0]!)
}
