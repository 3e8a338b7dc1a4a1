/** A diff as data: changes as fractions of the whole before, `null` for the ends of an interval that is not known. */
import type { ProfileDiff } from '../../harness/model/diff.ts'
import { indented } from '../json.ts'

export const DIFF_SCHEMA = 'flamegate/diff/1'

/** @param repeat the command that makes it again */
export function renderDiffJson({ before, after, value, analysis }: ProfileDiff, repeat: string): string {
  const { frames, flames, findings } = analysis
  const views = flames.map(({ collector, unit, per }) => ({ collector, unit, per }))
  return indented({ schema: DIFF_SCHEMA, before, after, value, views, frames, findings, repeat })
}
