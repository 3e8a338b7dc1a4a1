/** What the probe says of the stretch of production that a profile covers. */
import type { Profile } from '../model/profile.ts'
import { type ProductionWindow, productionWindow } from '../model/window.ts'

const MARK = 'flamegate-window '

/** @param window as JSON that came from a file */
export const windowComment = (window: object): string => MARK + JSON.stringify(window)

/** Undefined where the profile says nothing of the kind, or nothing that can be read. */
export function windowOf({ comments }: Pick<Profile, 'comments'>): ProductionWindow | undefined {
  const comment = comments.find(text => text.startsWith(MARK))
  if (comment === undefined) return undefined
  try {
    return productionWindow.parse(JSON.parse(comment.slice(MARK.length)))
  } catch {
    return undefined
  }
}
