/** What is responsible for a regression, as lines of text: the functions that cost more, and the step that slowed most. */
import type { FrameChange, LatencyCurve, Report } from '../../harness/model/report.ts'
import { signedPercent, value } from '../../harness/words/numbers.ts'
import { visible } from '../../harness/words/text.ts'
import { collectorsOf, functionName, measureOf, place, topFrames } from './functions.ts'
import { variantOf } from './pairs.ts'

const MOST = 3
/**
 * Under load every step waits in the same queue, so one slow step slows them all, and the cheap ones most in proportion.
 * The quickest answers met no queue: what they cost more is the step's own.
 */
const UNQUEUED = 5

/**
 * Functions that cost more beyond doubt, largest first. Without any, the function that does so with what it calls; or
 * else the most likely one of either kind, whose own interval is above zero although the test over all functions is not
 * sure. Then the step. None if nothing stands out.
 */
export function culprits(report: Report, variant: string): string[] {
  const step = slowedStep(report, variant)
  return [...functionLines(report, variant), ...(step ? [stepLine(step)] : [])]
}

/** The culprits of every variant with a regressed gate; with several such variants, each line names its own. */
export function responsible(report: Report): string[] {
  const regressed = report.verdict.gates.filter(({ status }) => status === 'regressed')
  const variants = [...new Set(regressed.map(({ variant }) => variant))]
  return variants.flatMap(id => {
    const whose = variants.length > 1 ? `${visible(variantOf(report, id).label)}: ` : ''
    return culprits(report, id).map(line => `${whose}${line}`)
  })
}

function functionLines(report: Report, variant: string): string[] {
  const [collector] = collectorsOf(report, variant)
  if (collector === undefined) return []
  const { resource } = measureOf(report, variant, collector)
  const frames = topFrames(report, variant, collector, Number.POSITIVE_INFINITY)
  const sure = frames.filter(it => it.significant && it.change.estimate > 0).slice(0, MOST)
  if (sure.length > 0) return sure.map(it => ownLine(it, resource))
  const certain = callerOf(frames, it => it.significant)
  if (certain) return [callerLine(certain, resource)]
  const likely = likeliest(frames, resource)
  return likely ? [`most likely ${likely}, not beyond doubt`] : []
}

type Whole = NonNullable<FrameChange['withCallees']>

/** The smallest function that has, with what it calls, at least half of the largest such change. */
function callerOf(frames: FrameChange[], holds: (whole: Whole) => boolean): FrameChange | undefined {
  const grown = frames.filter(({ withCallees: it }) => it && it.change.estimate > 0 && holds(it))
  const most = Math.max(...grown.map(wholeChange))
  return grown.filter(it => wholeChange(it) >= most / 2).toSorted((a, b) => a.totalAfter - b.totalAfter)[0]
}

const wholeChange = ({ withCallees }: FrameChange): number => withCallees?.change.estimate ?? 0

function likeliest(frames: FrameChange[], resource: string): string | undefined {
  const caller = callerOf(frames, ({ change }) => change.low > 0)
  const own = frames.find(it => it.change.low > 0)
  if (own && own.change.estimate >= (caller ? wholeChange(caller) : 0)) return ownLine(own, resource)
  return caller && callerLine(caller, resource)
}

const ownLine = (frame: FrameChange, resource: string): string =>
  `${nameOf(frame)}: ${signedPercent(frame.change.estimate)} of the ${resource}`

const callerLine = (frame: FrameChange, resource: string): string =>
  `${nameOf(frame)} with what it calls: ${signedPercent(wholeChange(frame))} of the ${resource}`

function nameOf(frame: FrameChange): string {
  const where = place(frame.file, frame.line)
  return `${functionName(frame.function)}${where ? ` (${where})` : ''}`
}

interface SlowedStep {
  step: string
  /** Latency in µs, at the percentile above. */
  before: number
  after: number
}

/** The step whose quickest answers slowed by the most time. */
function slowedStep({ evidence, analysis }: Report, variant: string): SlowedStep | undefined {
  const quickest = (id: string) =>
    new Map(
      analysis.latency
        .filter(it => it.variant === id && evidence.steps.includes(it.step))
        .map(it => [it.step, quickestOf(it)]),
    )
  const before = quickest(evidence.baseline)
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
