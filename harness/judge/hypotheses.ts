/** A gate and a comparison → the hypotheses to test, or why there are none. */

import type { Comparison } from '../model/comparison.ts'
import type { Gate } from '../model/plan.ts'
import { type Centre, centreOf, mirrored, symmetricCentreOf } from '../stats/centre.ts'
import { isMeasured, measured } from '../stats/describe.ts'

/** A centre over rounds and a threshold for it, both in the direction where more is worse. */
export interface Hypothesis {
  /** `change` and `expect`: a log-ratio. `limit`: the variant's own value less the limit, in the metric's unit. */
  kind: 'change' | 'expect' | 'limit'
  centre: Centre
  /** In the centre's unit; *fine* is below it. Of `expect`: the size of the improvement, above zero. */
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
  return {
    ...known,
    missing,
    hypotheses: [
      ...changeHypothesis(gate, comparison),
      ...expectHypothesis(gate, comparison),
      ...limitHypothesis(gate, comparison),
    ],
  }
}

/** The centre of the log-ratios, in the direction where more is worse. */
function worseOf({ ratios, better, across }: Comparison): Centre | null {
  const centre = across ? across.centre : symmetricCentreOf(measured(ratios))
  return centre && better === 'higher' ? mirrored(centre) : centre
}

function changeHypothesis({ margin }: Gate, comparison: Comparison): Hypothesis[] {
  const { better, across, tilt = 0 } = comparison
  const centre = worseOf(comparison)
  if (margin === undefined || !centre) return []
  const wide = margin + (across?.allowance ?? 0)
  return [
    { kind: 'change', centre, margin: better === 'lower' ? Math.log1p(wide) : -Math.log1p(-wide), tilt },
  ]
}

function expectHypothesis({ expect }: Gate, comparison: Comparison): Hypothesis[] {
  const { better, across, tilt = 0 } = comparison
  const centre = worseOf(comparison)
  if (expect === undefined || !centre) return []
  const wide = expect + (across?.allowance ?? 0)
  return [
    { kind: 'expect', centre, margin: better === 'lower' ? -Math.log1p(-wide) : Math.log1p(wide), tilt },
  ]
}

function limitHypothesis({ max }: Gate, { values }: Comparison): Hypothesis[] {
  const centre = centreOf(measured(values.after))
  if (max === undefined || !centre) return []
  return [{ kind: 'limit', centre: { ...centre, estimate: centre.estimate - max }, margin: 0, tilt: 0 }]
}

const isZero = ({ before, after }: Comparison): boolean =>
  [before, after].some(value => value !== null && value <= 0)

function whatIsMissing({ metric, margin, expect, max }: Gate, comparison: Comparison): string | null {
  const { exact, better, rounds, across } = comparison
  const [before, after] = [comparison.values.before, comparison.values.after].map(
    side => measured(side).length,
  )
  const relative = margin ?? expect
  if (relative === undefined && max === undefined)
    return `The gate on ${metric} has neither a margin nor a limit.`
  if ([margin, expect, max].some(threshold => threshold !== undefined && !isMeasured(threshold)))
    return `The gate on ${metric} is not a number.`
  if (after === 0) return `${metric} was not measured.`
  if (relative !== undefined && before === 0) return `${metric} was not measured for the baseline.`
  if (exact)
    return [comparison.before ?? 0, comparison.after].every(isMeasured) ? null : `${metric} is not a number.`
  if (relative !== undefined && across?.unsure !== undefined) return across.unsure
  if (margin !== undefined && !(margin > 0 && (better === 'lower' || margin + (across?.allowance ?? 0) < 1)))
    return `No change of ${metric} can reach a margin of ${margin}.`
  if (relative !== undefined && rounds === 0 && isZero(comparison))
    return `${metric} is not above zero in most rounds of a side, so its change is not a percentage. Give the gate a limit (\`max\`) instead.`
  if (relative !== undefined && rounds === 0)
    return `No round has values of ${metric} on both sides that can be compared.`
  if ((relative !== undefined && rounds < 2) || (max !== undefined && after! < 2))
    return 'One round is not enough for an interval: give the run more rounds.'
  return null
}
