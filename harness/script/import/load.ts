/** How fast imported requests are sent, and how long an answer may take, as lines of a scenario. */
import { counted } from '../../words/numbers.ts'
import { type Limit, type Notes, type Recorded, type Recording, shown } from './recorded.ts'

interface LoadText {
  /** Fields of the load. */
  load: string[]
  /** Fields of the scenario. */
  fields: string[]
}

/** More connections, or requests per second, are not allowed. */
const MOST_CONNECTIONS = 1_000
const MOST_PER_SECOND = 1_000_000

const METRICS: Record<number, string> = { 50: 'p50', 90: 'p90', 99: 'p99', 99.9: 'p999' }

export function loadOf({ pace = {}, notes, file }: Recording, kept: Recorded[]): LoadText {
  const { connections, arrivals, weights = 1, limits = [] } = pace
  if (arrivals !== undefined && arrivals > 0) {
    const each = kept.reduce((sum, { weight = 1 }) => sum + weight, 0) / weights
    const rate = Math.min(Number((arrivals * each).toPrecision(6)), MOST_PER_SECOND)
    const why = `${counted(arrivals, 'run')} per second, each of ${counted(Number(each.toPrecision(3)), 'request')}`
    return {
      load: ["engine: 'open',", `rate: ${rate}, // requests per second: ${why}`],
      fields: gatesOf(limits, notes),
    }
  }
  for (const limit of limits) {
    const name = METRICS[limit.percentile]
    const gate = name ? ` (as a gate: 'latency.${name}': { max: '${limit.most}ms' })` : ''
    notes.say(
      limit.place,
      `${said(limit)} is left out: latency is judged at a rate, not with a number of users${gate}`,
    )
  }
  if (connections === undefined) return { load: [], fields: [] }
  if (connections > MOST_CONNECTIONS)
    notes.say(
      file,
      `${connections} users are more than ${MOST_CONNECTIONS} connections, the most that there can be`,
    )
  return { load: [`connections: ${Math.min(connections, MOST_CONNECTIONS)},`], fields: [] }
}

const said = ({ percentile, most }: Limit): string => shown(`p${percentile} < ${most} ms`)

/** A gate of the scenario replaces the ones that every scenario has, so those are written, too. */
function gatesOf(limits: Limit[], notes: Notes): string[] {
  const gates = new Map<string, number>()
  for (const limit of limits) {
    const name = METRICS[limit.percentile]
    if (name) gates.set(name, Math.min(limit.most, gates.get(name) ?? limit.most))
    else notes.say(limit.place, `${said(limit)} is left out: gates know p50, p90, p99 and p99.9`)
  }
  if (gates.size === 0) return []
  const lines = [...gates].map(([name, most]) => `  'latency.${name}': { max: '${most}ms' },`)
  return ['gates: {', "  'cpu.perRequest': '+2%',", ...lines, '  errors: 0,', '},']
}
