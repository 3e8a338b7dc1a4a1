/** A gate and a comparison → the hypotheses to test, or why there are none. */
import type { Gate } from '../model/plan.ts'
import type { Comparison } from '../model/report.ts'
import { type Centre, centreOf, mirrored, symmetricCentreOf } from '../stats/centre.ts'
import { isMeasured, measured } from '../stats/describe.ts'

/** A centre over rounds and a threshold for it, both in the direction where more is worse. */
export interface Hypothesis {
  /** `change`: a log-ratio. `limit`: the variant's own value less the limit, in the metric's unit. */
  kind: 'change' | 'limit'
  centre: Centre
  /** In the centre's unit; *fine* is below it. */
  margin: number
  /** How much higher the centre would be if wrong answers cost nothing. 0 where that makes no difference. */
  tilt: number
}

export interface GateHypotheses {
  gate: Gate
  variant: string
  comparison: Comparison | undefined
  /** None where exact values are compared as they are. */
  hypotheses: Hypothesis[]
  /** Why the gate cannot be tested, as text. */
  missing: string | null
}

/** @param unusable why nothing can be concluded about the variant or the baseline */
export function hypothesesOf(
  gate: Gate,
  variant: string,
  comparison: Comparison | undefined,
  unusable?: string,
): GateHypotheses {
  const known = { gate, variant, comparison, hypotheses: [] }
  if (!comparison) return { ...known, missing: unusable ?? `${gate.metric} was not measured.` }
  const missing = comparison.unusable ?? whatIsMissing(gate, comparison)
  if (missing !== null || comparison.exact) return { ...known, missing }
  const hypotheses = [...changeHypothesis(gate, comparison), ...limitHypothesis(gate, comparison)]
  return { ...known, missing, hypotheses }
}

function changeHypothesis({ margin }: Gate, { ratios, better, across, tilt = 0 }: Comparison): Hypothesis[] {
  const centre = across ? across.centre : symmetricCentreOf(measured(ratios))
  if (margin === undefined || !centre) return []
  const wide = margin + (across?.allowance ?? 0)
  return better === 'lower'
    ? [{ kind: 'change', centre, margin: Math.log1p(wide), tilt }]
    : [{ kind: 'change', centre: mirrored(centre), margin: -Math.log1p(-wide), tilt }]
}

function limitHypothesis({ max }: Gate, { values }: Comparison): Hypothesis[] {
  const centre = centreOf(measured(values.after))
  if (max === undefined || !centre) return []
  return [{ kind: 'limit', centre: { ...centre, estimate: centre.estimate - max }, margin: 0, tilt: 0 }]
}

function whatIsMissing({ metric, margin, max }: Gate, comparison: Comparison): string | null {
  const { exact, better, rounds, across } = comparison
  const [before, after] = [comparison.values.before, comparison.values.after].map(
    side => measured(side).length,
  )
  if (margin === undefined && max === undefined)
    return `The gate on ${metric} has neither a margin nor a limit.`
  if ([margin, max].some(threshold => threshold !== undefined && !isMeasured(threshold)))
    return `The gate on ${metric} is not a number.`
  if (after === 0) return `${metric} was not measured.`
  if (margin !== undefined && before === 0) return `${metric} was not measured for the baseline.`
  if (exact)
    return [comparison.before ?? 0, comparison.after].every(isMeasured) ? null : `${metric} is not a number.`
  if (margin !== undefined && across?.unsure !== undefined) return across.unsure
  if (margin !== undefined && !(margin > 0 && (better === 'lower' || margin + (across?.allowance ?? 0) < 1)))
    return `No change of ${metric} can reach a margin of ${margin}.`
  if (margin !== undefined && rounds === 0)
    return `No round has values of ${metric} on both sides that can be compared.`
  if ((margin !== undefined && rounds < 2) || (max !== undefined && after! < 2))
    return 'One round is not enough for an interval: give the run more rounds.'
  return null
}
