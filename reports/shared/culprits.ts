/** What is responsible for a regression, as lines of text: the functions that cost more, and the step that slowed most. */
import type { FrameChange, LatencyCurve, Report } from '../../harness/model/report.ts'
import { signedPercent, value } from '../../harness/words/numbers.ts'
import { visible } from '../../harness/words/text.ts'
import { collectorsOf, topFrames } from './pairs.ts'
import { functionName, place } from './places.ts'

const MOST = 3
/**
 * Under load a step waits in the same queue as all others, so a slow one slows them all: by proportion the cheap ones
 * most. The quickest answers have met no queue, and what they cost more is the step's own.
 */
const UNQUEUED = 5

/**
 * Functions that cost more beyond doubt, largest first; or else one that does with what it calls; or else the likeliest
 * of either, whose own interval lies above zero, which leaves out that many functions were looked at. Then the step.
 * None where nothing stands out.
 */
export function culprits(report: Report, variant: string): string[] {
  const collector = collectorsOf(report, variant)[0]
  const frames =
    collector === undefined ? [] : topFrames(report, variant, collector, Number.POSITIVE_INFINITY)
  const sure = frames.filter(it => it.significant && it.change.estimate > 0).slice(0, MOST)
  const certain = sure.length > 0 ? undefined : callerOf(frames, it => it.significant)
  const likely = sure.length > 0 || certain ? undefined : likeliest(frames)
  const step = slowedStep(report, variant)
  return [
    ...sure.map(it => frameLine(it)),
    ...(certain ? [callerLine(certain)] : []),
    ...(likely ? [`most likely ${likely}, not beyond doubt`] : []),
    ...(step ? [stepLine(step)] : []),
  ]
}

/** Of all variants with a regressed gate; where there are several, each line names its own. */
export function responsible(report: Report): string[] {
  const regressed = report.verdict.gates.filter(({ status }) => status === 'regressed')
  const variants = [...new Set(regressed.map(({ variant }) => variant))]
  return variants.flatMap(id => {
    const label = report.run.plan.variants.find(it => it.id === id)?.label ?? id
    const whose = variants.length > 1 ? `${visible(label)}: ` : ''
    return culprits(report, id).map(line => `${whose}${line}`)
  })
}

type Whole = NonNullable<FrameChange['withCallees']>

/** The smallest function that has, with what it calls, half of the largest such change or more. */
function callerOf(frames: FrameChange[], holds: (whole: Whole) => boolean): FrameChange | undefined {
  const grown = frames.filter(({ withCallees: it }) => it && it.change.estimate > 0 && holds(it))
  const most = Math.max(...grown.map(wholeChange))
  return grown.filter(it => wholeChange(it) >= most / 2).toSorted((a, b) => a.totalAfter - b.totalAfter)[0]
}

const wholeChange = ({ withCallees }: FrameChange): number => withCallees?.change.estimate ?? 0

function likeliest(frames: FrameChange[]): string | undefined {
  const caller = callerOf(frames, ({ change }) => change.low > 0)
  const own = frames.find(it => it.change.low > 0)
  if (own && own.change.estimate >= (caller ? wholeChange(caller) : 0)) return frameLine(own)
  return caller && callerLine(caller)
}

const callerLine = (frame: FrameChange): string =>
  frameLine(frame, ' with what it calls', frame.withCallees?.change)

function frameLine(frame: FrameChange, also = '', change = frame.change): string {
  const where = place(frame.file, frame.line)
  const named = `${functionName(frame.function)}${where ? ` (${where})` : ''}${also}`
  return `${named}: ${signedPercent(change.estimate)} of the CPU of a request`
}

export interface SlowedStep {
  step: string
  /** Latency in µs, at the percentile above. */
  before: number
  after: number
}

/** The step whose quickest answers take so much longer than before as no other's do. */
export function slowedStep({ run, analysis }: Report, variant: string): SlowedStep | undefined {
  const quickest = (id: string) =>
    new Map(
      analysis.latency
        .filter(it => it.variant === id && run.plan.load.steps.some(({ name }) => name === it.step))
        .map(it => [it.step, quickestOf(it)]),
    )
  const before = quickest(run.plan.baseline)
  const grown = [...quickest(variant)].flatMap(([step, now]) => {
    const then = before.get(step)
    return then !== undefined && now !== undefined && now > then ? [{ step, before: then, after: now }] : []
  })
  return grown.toSorted((a, b) => b.after - b.before - (a.after - a.before))[0]
}

const quickestOf = ({ points }: LatencyCurve) =>
  points.find(({ percentile }) => percentile === UNQUEUED)?.value

const stepLine = ({ step, before, after }: SlowedStep): string =>
  `${visible(step)} slowed most: latency without a queue (p${UNQUEUED}) ${value(before, 'µs')} → ${value(after, 'µs')} (${signedPercent(after / before - 1)})`
