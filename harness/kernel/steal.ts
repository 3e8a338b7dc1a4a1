/** What the host of a virtual machine takes away while something is measured. */
import { availableParallelism } from 'node:os'
import { stolen } from './process-tree.ts'

/** From now on: what share of the processors' time the host has taken. */
export function watchSteal(processors?: number[]): () => number | null {
  const [before, began] = [stolen(processors), performance.now()]
  return () => {
    const after = stolen(processors)
    const passed = (performance.now() - began) * 1e6 * (processors?.length ?? availableParallelism())
    return before === null || after === null ? null : (after - before) / passed
  }
}
