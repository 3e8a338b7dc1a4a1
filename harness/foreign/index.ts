/** Results of other load engines → a comparison. Runs of each side are replicates; a single run of each has no interval. */
import type { Sides } from '../model/comparison.ts'
import { CONFIDENCE, centreOf, shownChange } from '../stats/centre.ts'
import { mean } from '../stats/describe.ts'
import { differenceOf } from '../stats/welch.ts'
import { counted, value } from '../words/numbers.ts'
import { readH2load, readHeyCsv, readK6Csv, readVegetaCsv } from './rows.ts'
import { type ForeignRun, PERCENTILES } from './run.ts'
import { readHeyText, readLines, readSummary, readWrk } from './summaries.ts'

export type { ForeignRun } from './run.ts'

/** Engines whose output is known, as text. */
export const ENGINES =
  'k6 (summary, JSON, CSV), Artillery, autocannon, h2load (log file), hey (text, CSV), oha (JSON), vegeta (JSON, CSV) and wrk'

const TEXTS = [readH2load, readHeyCsv, readVegetaCsv, readK6Csv, readWrk, readHeyText]

/**
 * `undefined` for anything but a known output.
 *
 * @throws Error when it is one, and damaged
 */
export function readForeign(text: string): ForeignRun | undefined {
  const known =
    TEXTS.values()
      .map(read => read(text))
      .find(run => run !== undefined) ?? readLines(text)
  if (known) return whole(known)
  const start = text.slice(0, 200).trimStart()
  // A record of ours is large, and nothing of the kind.
  const run = start.startsWith('{') && !start.includes('flamegate/') ? readSummary(jsonOf(text)) : undefined
  return run && whole(run)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function whole(run: ForeignRun): ForeignRun {
  const figures = [run.requests, run.errors, ...Object.values(run.latency)]
  if (run.requests > 0 && figures.every(Number.isFinite)) return run
  throw new Error(`This looks like output of ${run.engine}, but it has no requests, or rows without numbers.`)
}

export interface ForeignRow extends Sides<number> {
  title: string
  unit: string
  /** Fractions; the interval is absent where a side has one run. */
  change: { estimate: number; low?: number; high?: number; confidence?: number }
}

export interface ForeignComparison extends Sides<ForeignRun[]> {
  rows: ForeignRow[]
  /** What to bear in mind, as sentences. */
  notes: string[]
}

export function compareForeign(before: ForeignRun[], after: ForeignRun[]): ForeignComparison {
  const rowOf = (title: string, unit: string, of: (run: ForeignRun) => number | null | undefined) =>
    rowFor(title, unit, before.map(of), after.map(of))
  const rows = [
    rowOf('Throughput', '1/s', ({ throughput }) => throughput),
    ...PERCENTILES.map(percent => rowOf(`Latency p${percent}`, 'µs', ({ latency }) => latency[percent])),
    rowOf('Errors', 'count', ({ errors }) => errors),
  ].filter(row => row !== undefined)
  return { before, after, rows, notes: notesOf(before, after) }
}

function rowFor(
  title: string,
  unit: string,
  before: (number | null | undefined)[],
  after: (number | null | undefined)[],
): ForeignRow | undefined {
  const known = (values: (number | null | undefined)[]): values is number[] =>
    values.every(it => it !== null && it !== undefined)
  if (!known(before) || !known(after)) return undefined
  const [was, is] = [mean(before), mean(after)]
  if (unit === 'count' || [...before, ...after].some(it => it <= 0))
    return { title, unit, before: was, after: is, change: { estimate: was === is ? 0 : is / was - 1 } }
  const [there, here] = [before, after].map(values => values.map(Math.log))
  const estimate = Math.exp(mean(here!) - mean(there!)) - 1
  const change = shownChange(differenceOf(centreOf(there!), centreOf(here!)))
  // As in every table: both sides keep their common centre, and the change decides how far they are apart.
  const middle = Math.exp((mean(here!) + mean(there!)) / 2)
  const apart = Math.sqrt(1 + (change?.estimate ?? estimate))
  const sides = { before: middle / apart, after: middle * apart }
  return {
    title,
    unit,
    ...sides,
    change: change ? { ...change, confidence: CONFIDENCE } : { estimate },
  }
}

/** A clock whose steps are more than this share of the median says little about it. */
const COARSE = 0.05

function notesOf(before: ForeignRun[], after: ForeignRun[]): string[] {
  const all = [...before, ...after]
  const engines = [...new Set(all.map(({ engine }) => engine))]
  const isCoarse = ({ resolution, latency }: ForeignRun) =>
    resolution > COARSE * (latency[50] ?? Number.POSITIVE_INFINITY)
  const coarse = all.find(isCoarse)
  const single = Math.min(before.length, after.length) < 2
  return [
    'The two sides were not measured in turn: what the machine did in between is part of every difference, and no verdict is given.',
    ...(single
      ? [
          'No interval can be given, because a side has one run. Give a folder with several runs of each side.',
        ]
      : [`Intervals cover how runs differ: ${counted(before.length, 'run')} before, ${after.length} after.`]),
    ...(engines.length > 1
      ? [`The engines differ (${engines.join(', ')}), and each counts latency in its own way.`]
      : []),
    ...(coarse
      ? [
          `Latencies of ${coarse.engine} have steps of ${value(coarse.resolution, 'µs')}, which is much of a median of ${value(coarse.latency[50], 'µs')}.`,
        ]
      : []),
    ...(all.some(({ omits }) => omits)
      ? [
          'Latencies are counted from when a request was sent. While a service stands still, nothing is sent, so the tail is too short (coordinated omission).',
        ]
      : []),
  ]
}
