/** Which processors there are for a process: it may run on some of the machine's only. */
import { descendants, readText } from './process-tree.ts'

/** Processors that both this process and the target's tree may use; nothing where there are none, or nobody tells. */
export function sharedProcessors(root: number): { sharedProcessors?: number[] } {
  const own = new Set(allowedProcessors(process.pid))
  const shared = new Set(
    descendants(root)
      .flatMap(allowedProcessors)
      .filter(processor => own.has(processor)),
  )
  return shared.size > 0 ? { sharedProcessors: [...shared] } : {}
}

/** Numbers of the processors that a process's main thread may use (proc_pid_status(5)); none where nobody tells. */
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
