/** Another variant of the scenario, measured in the same rounds. */
import type { BaselineSource } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import { suggest } from '../words/suggestion.ts'

const variant: BaselineSource = {
  name: 'variant',
  prefix: 'variant:',
  form: 'variant:<id>',
  async plan({ reference: id, variants, asked, saved, file }) {
    const known = variants.map(variant => variant.id)
    const baseline = variants.find(variant => variant.id === id)
    if (!baseline)
      throw new UsageError(`There is no variant \`${id}\`.`, {
        place: '--baseline',
        advice: suggest(id, known, 'variants'),
      })
    const others = variants.filter(other => other !== baseline && (asked?.includes(other.id) ?? true))
    if (others.length === 0 && !saved)
      throw new UsageError(`There is nothing to compare \`${id}\` with.`, {
        place: file,
        advice:
          'Give the scenario a second variant, compare with a commit (`--baseline git:main`), or measure it against itself with `--aa`.',
      })
    return { variants: [baseline, ...others], baseline: id }
  },
}

export default variant
