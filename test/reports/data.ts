/** Whether the figures of a report's data add up. */
import type { Report } from '../../harness/model/report.ts'
import type { Range } from './rows.ts'

/** The metric whose figure before is what changes of a collector's functions are shares of. */
export const WHOLES: Record<string, string> = { cpu: 'cpu.perRequest', allocation: 'memory.allocated' }

export const exactly = (x: number): Range => ({ low: x - Math.abs(x) * 1e-9, high: x + Math.abs(x) * 1e-9 })

/** Without a change no two samples have the counter that functions are scaled to. */
export function wholeOf(comparisons: Report['analysis']['comparisons'], variant: string, collector: string) {
  const metric = comparisons.find(it => it.variant === variant && it.metric === WHOLES[collector])
  return metric?.change ? (metric.before ?? undefined) : undefined
}

/** What does not. Data has all digits. */
export function data(
  json: Pick<Report['analysis'], 'comparisons' | 'frames' | 'owners' | 'budgets' | 'culprits' | 'between'>,
) {
  const isNear = (a: number, b: number, size = Math.max(Math.abs(a), Math.abs(b))) =>
    Math.abs(a - b) <= size * 1e-9
  const ratios = [...json.comparisons, ...(json.between ?? []).flatMap(it => it.comparisons)].flatMap(it => {
    const { before, after, change } = it
    if (!change) return []
    const { estimate, low, high } = change
    const isEqual = before === 0 && after === 0 && estimate === 0
    const agrees =
      isEqual ||
      (before! > 0 &&
        isNear(after! / before!, 1 + estimate, Math.max(1, after! / before!)) &&
        low <= estimate &&
        estimate <= high)
    return agrees ? [] : [`${it.variant} ${it.metric}: ${before} → ${after} (${estimate})`]
  })
  const shares = [...json.frames, ...json.owners].flatMap(it => {
    const whole = wholeOf(json.comparisons, it.variant, it.collector)
    if (whole === undefined) return []
    const totals = 'withCallees' in it &&
      it.withCallees && [it.totalBefore, it.totalAfter, it.withCallees.change]
    const rows = [[it.before, it.after, it.change] as const, ...(totals ? [totals as never] : [])]
    const agree = rows.every(([before, after, change]) =>
      isNear(after - before, whole * change.estimate, Math.max(Math.abs(before), Math.abs(after), whole)),
    )
    return agree ? [] : [`${it.collector} ${'owner' in it ? it.owner : it.function}: not a share of ${whole}`]
  })
  // Also where no metric has the whole, every row is a share of the same.
  const bases = Object.values(
    Object.groupBy([...json.frames, ...json.owners], it => `${it.variant} ${it.collector}`),
  )
  const others = bases.flatMap(rows => {
    const largest = rows!.reduce((a, b) =>
      Math.abs(b.change.estimate) > Math.abs(a.change.estimate) ? b : a,
    )
    const base = (largest.after - largest.before) / largest.change.estimate
    return rows!.flatMap(it =>
      !Number.isFinite(base) ||
      isNear(it.after - it.before, base * it.change.estimate, base + Math.abs(it.before) + Math.abs(it.after))
        ? []
        : [`${it.collector} ${'owner' in it ? it.owner : it.function}: not a share of ${base}`],
    )
  })
  const sums = json.budgets.flatMap(({ variant, collector, functions, whole, rest }) => {
    const own = json.frames.filter(it => it.variant === variant && it.collector === collector)
    const added = own.reduce((all, { before, after }) => all + after - before, 0)
    const size = own.reduce((all, { before, after }) => all + before + after, Math.abs(whole))
    const metric = json.comparisons.find(it => it.variant === variant && it.metric === WHOLES[collector])
    const change =
      metric?.change && metric.before !== null && metric.after !== null ? metric.after - metric.before : whole
    const agrees =
      isNear(added, functions, size) && isNear(functions + rest, whole, size) && isNear(change, whole, size)
    return agrees ? [] : [`budget of ${collector}`]
  })
  const parts = json.culprits.flatMap(
    ({ variant, collector, function: name, before, after, whole, cause }) => {
      const metric = json.comparisons.find(it => it.variant === variant && it.metric === WHOLES[collector])
      const told = metric?.change ? metric.after! - metric.before! : whole
      // Where the profiles went the other way, they are all that is known.
      const agrees = isNear(told, whole, Math.abs(metric?.before ?? whole)) || told * whole < 0
      const most = { before: before * (1 + 1e-9), after: after * (1 + 1e-9) }
      const isWithin = cause.kind === 'own work' || (cause.before <= most.before && cause.after <= most.after)
      return agrees && isWithin ? [] : [`the cause of ${name}`]
    },
  )
  return [...ratios, ...shares, ...others, ...sums, ...parts]
}
