/** Flamegate on the scenario `injected`. */
import { join } from 'node:path'
import { flamegate, type ReportDocument } from '../flamegate.ts'
import { type Found, percentOf } from './measurement.ts'

const METRIC = 'cpu.perRequest'
/** The function in which the service does its extra work. */
export const INJECTED = 'injectedWork'

interface Options {
  /** Milliseconds. */
  maxTime: number
  /** Such as `1%`; by default the scenario's. */
  margin?: string
  /** Folder for the run's files. */
  output: string
}

export async function measureInjected(
  level: number,
  { maxTime, margin, output }: Options,
  signal: AbortSignal,
): Promise<Found> {
  const gate = margin === undefined ? [] : ['--gate', `${METRIC}<=+${margin}`]
  const flags = ['--max-time', `${maxTime}ms`, '--output', output, ...gate]
  const environment = { FLAMEGATE_INJECT: `${percentOf(level)}%` }
  const report = await flamegate(['injected', ...flags], { environment, signal })
  return { ...read(report), record: join(output, 'record.json') }
}

/** The verdict on CPU per request, and the rank of the injected function. */
export function read({ ending, rounds, gates, comparisons, frames }: ReportDocument): Found {
  if (ending !== 'complete') throw new Error(`The run is ${ending} after ${rounds} rounds.`)
  const gate = gates.find(({ metric }) => metric === METRIC)
  const change = comparisons.find(({ metric }) => metric === METRIC)?.change
  if (!gate) throw new Error(`The report has no gate on ${METRIC}.`)
  const place = frames.findIndex(frame => frame.collector === 'cpu' && frame.function === INJECTED)
  return {
    status: gate.status,
    estimate: change?.estimate ?? null,
    low: change?.low ?? null,
    high: change?.high ?? null,
    rounds,
    rank: place < 0 ? null : place + 1,
    significant: frames[place]?.significant ?? false,
  }
}
