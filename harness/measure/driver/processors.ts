/** Whether the target runs where the load is generated. */
import { descendants, readText } from './kernel.ts'

/** Processors that both this process and the target's tree may use; nothing where there are none, or nobody tells. */
export function sharedProcessors(root: number): { sharedProcessors?: number[] } {
  const own = new Set(allowed(process.pid))
  const shared = new Set(
    descendants(root)
      .flatMap(allowed)
      .filter(processor => own.has(processor)),
  )
  return shared.size > 0 ? { sharedProcessors: [...shared] } : {}
}

/** Of the main thread, from proc_pid_status(5): a list of numbers and ranges, `0-2,5`. */
function allowed(pid: number): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? ''
  return list.split(',').flatMap(range => {
    const [first, last = first] = range.split('-')
    if (!first) return []
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i)
  })
}
