/** What is responsible for a regression, as lines of text: the functions that cost more, and the step that slowed most. */
import type { FrameChange, LatencyCurve, Report } from '../../harness/model/report.ts'
import { percent, value } from './numbers.ts'
import { collectorsOf, topFrames } from './pairs.ts'
import { functionName, place } from './places.ts'
import { visible } from './text.ts'

const MOST = 3

/**
 * Functions that cost more beyond doubt, largest first, or else the largest whose own interval lies above zero, which
 * leaves out that many functions were looked at; then the step. None where nothing stands out.
 */
export function culprits(report: Report, variant: string): string[] {
  const collector = collectorsOf(report, variant)[0]
  const frames =
    collector === undefined ? [] : topFrames(report, variant, collector, Number.POSITIVE_INFINITY)
  const sure = frames.filter(it => it.significant && it.change.estimate > 0).slice(0, MOST)
  const likely = sure.length > 0 ? [] : frames.filter(it => it.change.low > 0).slice(0, 1)
  const step = slowedStep(report, variant)
  return [
    ...sure.map(frameLine),
    ...likely.map(it => `most likely ${frameLine(it)}, not beyond doubt`),
    ...(step ? [stepLine(step)] : []),
  ]
}

function frameLine(frame: FrameChange): string {
  const where = place(frame.file, frame.line)
  const named = `${functionName(frame.function)}${where ? ` (${where})` : ''}`
  return `${named}: ${percent(frame.change.estimate)} of the CPU of a request`
}

export interface SlowedStep {
  step: string
  /** Median latency in µs. */
  before: number
  after: number
}

/** The step whose median latency grew most, by proportion. */
export function slowedStep({ run, analysis }: Report, variant: string): SlowedStep | undefined {
  const medians = (id: string) =>
    new Map(
      analysis.latency
        .filter(it => it.variant === id && run.plan.load.steps.some(({ name }) => name === it.step))
        .map(it => [it.step, medianOf(it)]),
    )
  const before = medians(run.plan.baseline)
  const grown = [...medians(variant)].flatMap(([step, now]) => {
    const then = before.get(step)
    return then !== undefined && now !== undefined && now > then ? [{ step, before: then, after: now }] : []
  })
  return grown.toSorted((a, b) => b.after / b.before - a.after / a.before)[0]
}

const medianOf = ({ points }: LatencyCurve) => points.find(({ percentile }) => percentile === 50)?.value

const stepLine = ({ step, before, after }: SlowedStep): string =>
  `${visible(step)} slowed most: median latency ${value(before, 'µs')} → ${value(after, 'µs')} (${percent(after / before - 1)})`
