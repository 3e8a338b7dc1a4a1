/** Two profiles compared, as a page: the report's flame and functions, without what only a run has. */
import type { ProfileDiff, ProfileSide } from '../../harness/model/diff.ts'
import { sideFacts, sideName, valueName } from '../diff.ts'
import { flamePayload } from './payload.ts'
import { flamesSection, functionsSection } from './sections/functions.ts'
import { commandView } from './sections/trust.ts'
import { findingsView } from './sections/verdict.ts'
import { fill } from './template.ts'

/**
 * The same profiles give the same page.
 *
 * @param repeat the command that makes it again; none on a server
 */
export const renderDiffPage = (diff: ProfileDiff, repeat?: string): string => pageOf(diff, repeat, false)

/** @param diff of a profile with itself, whose flame is the profile's */
export const renderProfilePage = (diff: ProfileDiff): string => pageOf(diff, undefined, true)

function pageOf(diff: ProfileDiff, repeat: string | undefined, single: boolean): string {
  const { flames, frames, findings } = diff.analysis
  const [before, after] = [sideView(diff.before), sideView(diff.after)]
  return fill('diff', {
    single,
    title: single ? after.name : `${before.name} → ${after.name}`,
    value: valueName(diff),
    before,
    after,
    repeat: repeat === undefined ? null : commandView(repeat),
    findings: findingsView(findings),
    pair: {
      index: 0,
      flames: flamesSection(diff, 'after', new Map(flames.map((flame, index) => [flame, index]))),
      functions: functionsSection(diff, 'after'),
    },
    flames: flames.map((flame, index) => ({ index, data: flamePayload(flame, frames) })),
    record: null,
  })
}

const sideView = (side: ProfileSide) => ({ name: sideName(side, 120), facts: sideFacts(side) })
