/** Functions as a profile knows them: which of them changed, in what they are measured, and where they are. */
import type { FrameChange } from '../../harness/model/flame.ts'
import type { Report } from '../../harness/model/report.ts'
import { visible } from '../../harness/words/text.ts'

/** Anything with functions and flames: a report, two of its variants, or a diff of profiles. */
export interface Profiled {
  analysis: Pick<Report['analysis'], 'frames' | 'flames' | 'budgets' | 'owners'>
}

/** Functions of one pair and collector: those that changed beyond doubt first, then by size. */
export function topFrames(
  { analysis }: Profiled,
  variant: string,
  collector: string,
  limit: number,
): FrameChange[] {
  return analysis.frames
    .filter(it => it.variant === variant && it.collector === collector && Number.isFinite(it.change.estimate))
    .toSorted((a, b) => Number(b.significant) - Number(a.significant) || size(b) - size(a))
    .slice(0, limit)
}

const size = (frame: FrameChange): number => Math.abs(frame.change.estimate)

/** Collectors with functions or a flame of this variant, CPU first. */
export function collectorsOf({ analysis }: Profiled, variant: string): string[] {
  const { frames, flames } = analysis
  const names = new Set([...flames, ...frames].filter(it => it.variant === variant).map(it => it.collector))
  return [...names].toSorted((a, b) => Number(b === 'cpu') - Number(a === 'cpu'))
}

/** States of a thread have a flame, and no functions that could be listed. */
const WITHOUT_FUNCTIONS = ['states']

export const listedCollectors = (report: Profiled, variant: string): string[] =>
  collectorsOf(report, variant).filter(name => !WITHOUT_FUNCTIONS.includes(name))

/** The unit of a collector's values, what they are given in (`per request`), and the resource that they count. */
export function measureOf({ analysis }: Profiled, variant: string, collector: string) {
  const same = (it: { variant: string; collector: string }) =>
    it.variant === variant && it.collector === collector
  const flame = analysis.flames.find(same)
  const unit = flame?.unit ?? analysis.budgets.find(same)?.unit ?? (collector === 'cpu' ? 'µs' : '')
  const per = flame?.per ?? 'per request'
  const counted = TIMES.includes(unit) ? 'time' : unit || 'whole'
  return { unit, per, resource: RESOURCES[collector] ?? `${counted} ${per}` }
}

const TIMES = ['ns', 'µs', 'ms', 's']

/** What a change is a share of. */
const RESOURCES: Record<string, string> = {
  cpu: 'CPU time per request',
  allocation: 'bytes allocated per request',
  heap: 'live heap',
  stalls: 'time of a request, spent waiting in stalls',
  waits: 'time of a request, spent waiting',
}

const TITLES: Record<string, string> = {
  cpu: 'CPU',
  allocation: 'Allocation',
  heap: 'Live heap',
  gc: 'GC',
  'event-loop': 'Event loop',
  stalls: 'Stalls',
  waits: 'Waits',
  states: 'States',
}

export const collectorTitle = (name: string): string => TITLES[name] ?? visible(name)

/** `…/serializer/server.js:52`, as the end of a path says more than its beginning; empty for an unknown file. */
export function place(file: string, line: number): string {
  if (!file) return ''
  const plain = visible(file.replace(/^file:\/\//, ''))
  const segments = plain.split('/')
  const short =
    segments.length > 3 && !plain.startsWith('node:') ? `…/${segments.slice(-2).join('/')}` : plain
  return line > 0 ? `${short}:${line}` : short
}

/** The function's name, or a word for a function without one. */
export const functionName = (name: string): string => visible(name) || '(anonymous)'
