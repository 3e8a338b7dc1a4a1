import type { BaselineQuestion } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { PlannedVariant } from '../model/plan.ts'

/** The variant to compare with its own past: the requested one, or the declared baseline. @throws UsageError if several are asked for */
export function onlyVariant({ variants, declared, asked, file }: BaselineQuestion): PlannedVariant {
  const ids = asked ?? [declared]
  if (ids.length > 1)
    throw new UsageError(`Only one variant can be compared with this baseline, not ${ids.length}.`, {
      place: file,
      advice: `Choose one: \`--variants ${ids[0]}\`.`,
    })
  return variants.find(({ id }) => id === ids[0])!
}
