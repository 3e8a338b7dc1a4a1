/** What limits each variant, and what made the difference. Nothing is said without a figure. */
import type { Sides } from '../../model/comparison.ts'
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { FrameChange, ShownFunction } from '../../model/flame.ts'
import type { LeakVerdict } from '../../model/report.ts'
import type { RequestClass, RequestTimes } from '../../model/times.ts'
import type { Decode } from '../profiles.ts'
import { samplesOf } from '../samples.ts'
import { blockingCalls } from './blocking.ts'
import { changedTimes } from './change.ts'
import { type Facts, loadOf, partsOf, poolOf, topOf } from './facts.ts'
import { diagnose, withoutTimes } from './rules.ts'

interface Found {
  times: RequestTimes[]
  leaks: LeakVerdict[]
  frames: FrameChange[]
}

/** One for each variant that something can be said of, and then what changed between each pair. */
export function diagnoses(evidence: Evidence, found: Found, decode: Decode): Diagnosis[] {
  const own = evidence.subjects.flatMap(({ id }) => diagnosisOf(evidence, id, found, decode) ?? [])
  return [...own, ...(found.times.length > 0 ? changedTimes(found.times) : [])]
}

function diagnosisOf(
  evidence: Evidence,
  variant: string,
  { times, leaks, frames }: Found,
  decode: Decode,
): Diagnosis | null {
  const { baseline } = evidence
  const samples = samplesOf(evidence, variant)
  if (samples.length === 0) return null
  const side: keyof Sides = variant === baseline ? 'before' : 'after'
  const own = times.filter(it => side === 'before' || it.variant === variant)
  const classOf = (requests: RequestClass) => {
    const found = own.find(it => it.requests === requests)
    return found && partsOf(found, side)
  }
  const [typical, slow] = [classOf('typical'), classOf('slow')]
  const facts: Omit<Facts, 'typical' | 'slow'> = {
    ...loadOf(samples),
    blocking: samples.some(({ collected }) => collected.states) ? blockingCalls(samples, decode) : undefined,
    pool: poolOf(samples),
    leak: leaks.find(leak => leak.variant === variant && leak.verdict === 'leak'),
    top: collector => topOf(frames, { variant, baseline }, collector),
  }
  const seen = typical && slow ? diagnose({ ...facts, typical, slow }) : withoutTimes(facts)
  return seen && { variant, ...seen, place: shown(seen.place) }
}

/** Without what a rule knows besides. */
const shown = (place: ShownFunction | undefined): ShownFunction | undefined =>
  place && { function: place.function, file: place.file, line: place.line, category: place.category }
