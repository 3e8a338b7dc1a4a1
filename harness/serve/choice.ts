/** Which windows somebody wants to see, from the address of a page. */

import type { ProfileFile } from '../model/diff.ts'
import type { Window } from '../model/kept-window.ts'
import { profileOf } from './decoded.ts'
import { Refusal } from './refusal.ts'
import type { Selection, WindowStore } from './store.ts'

/** Windows of a side that are compared. From more, this many are taken evenly: others would hardly narrow an interval. */
const MOST_WINDOWS = 60

/** @param side `before` or `after` @throws Refusal */
export function selectionFrom(query: URLSearchParams, side: string): Selection {
  const text = (name: string) => query.get(`${side}.${name}`) ?? query.get(name) ?? ''
  const moment = (name: string, otherwise: number) => {
    const given = text(name)
    // Fields of a form have no zone, and the pages give all times in UTC.
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(given) ? given : `${given}Z`
    const time = given === '' ? otherwise : Date.parse(zoned)
    if (Number.isNaN(time)) throw new Refusal(400, `${side}.${name} is not a time, like 2026-12-31T09:00.`)
    return time
  }
  const version = query.get(`${side}.version`) ?? undefined
  return {
    service: text('service'),
    type: text('type'),
    ...(version !== undefined && version !== '*' && { version }),
    from: moment('from', 0),
    to: moment('to', Number.MAX_SAFE_INTEGER),
  }
}

/** @returns the profiles, and how many windows there are @throws Refusal when there are none */
export function filesOf(store: WindowStore, selection: Selection): { files: ProfileFile[]; of: number } {
  const windows = store.windows(selection)
  if (windows.length === 0)
    throw new Refusal(404, `there are no windows of ${labelOf(selection)} in that time.`)
  const step = Math.max(1, windows.length / MOST_WINDOWS)
  const chosen = Array.from(
    { length: Math.min(windows.length, MOST_WINDOWS) },
    (_, at) => windows[Math.floor(at * step)]!,
  )
  return { files: chosen.flatMap(window => fileOf(store, window) ?? []), of: windows.length }
}

/** `undefined` where the window has gone meanwhile. */
export function fileOf(store: WindowStore, window: Window): ProfileFile | undefined {
  const profile = profileOf(store, window.id)
  if (profile === undefined) return undefined
  return {
    path: new Date(window.startedAt).toISOString(),
    format: 'pprof',
    repaired: 0,
    profile: { ...profile, duration: window.duration || profile.duration },
    ...(window.requests !== null && { requests: window.requests }),
  }
}

export const labelOf = ({ service, version }: Pick<Selection, 'service' | 'version'>): string =>
  version ? `${service}@${version}` : service
