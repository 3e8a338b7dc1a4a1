/** Two profiles compared, as a page: the report's flame and functions, without what only a run has. */
import type { ProfileDiff, ProfileSide } from '../../harness/model/diff.ts'
import { visible } from '../../harness/words/text.ts'
import { sideFacts, sideName, valueName } from '../diff/sides.ts'
import { flamePayload } from './payload.ts'
import { ownFiles } from './policy.ts'
import { flamesSection } from './sections/flames.ts'
import { functionsSection } from './sections/functions.ts'
import { findingsView } from './sections/verdict.ts'
import { fill } from './template.ts'

/** The same profiles give the same page. */
export function renderDiffPage(diff: ProfileDiff, repeat: string): string {
  const { flames, frames, findings } = diff.analysis
  const view = {
    index: 0,
    value: valueName(diff),
    before: sideView(diff.before),
    after: sideView(diff.after),
    repeat: visible(repeat),
    findings: findingsView(findings),
    flames: flamesSection(diff, 'after', new Map(flames.map((flame, index) => [flame, index]))),
    functions: functionsSection(diff, 'after'),
    payloads: flames.map((flame, index) => ({ index, data: flamePayload(flame, frames) })),
  }
  return fill({ ...view, ...ownFiles() }, 'diff')
}

const sideView = (side: ProfileSide) => ({ name: sideName(side, 120), facts: sideFacts(side) })
