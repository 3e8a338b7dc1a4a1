/** What `serve` keeps, as pages: services with their versions, and the windows of one of them. */

import type { Group, Window } from '../../harness/model/kept-window.ts'
import { counted, duration, value } from '../../harness/words/numbers.ts'
import { clip, visible } from '../../harness/words/text.ts'
import { fill } from './template.ts'

const LONGEST = 80
/** Rows of a page: a browser shows more, and nobody reads them. */
const MOST_ROWS = 1_000
/** Columns of the timeline. */
const COLUMNS = 60

/** A form for each service and type, with a row for each version. */
export function renderGroups(groups: Group[]): string {
  const kinds = [...Map.groupBy(groups, ({ service, type }) => JSON.stringify([service, type])).values()]
  return fill('groups', {
    title:
      groups.length === 0 ? 'No profiles yet' : counted(kinds.length, 'kind of profile', 'kinds of profiles'),
    empty: groups.length === 0,
    kinds: kinds.map(kindView),
  })
}

function kindView(groups: Group[]) {
  const [{ service, type }] = groups as [Group, ...Group[]]
  const versions = groups.toSorted((a, b) => a.first - b.first)
  const [before, after] = [versions.at(-2) ?? versions.at(-1)!, versions.at(-1)!]
  return {
    service,
    name: clip(visible(service), LONGEST),
    type,
    shownType: clip(visible(type), LONGEST),
    versions: versions.map(group => ({
      ...group,
      name: group.version === '' ? 'no version' : clip(visible(group.version), LONGEST),
      isBefore: group === before,
      isAfter: group === after,
      facts: `${counted(group.windows, 'window')}, ${value(group.bytes, 'bytes')}`,
      time: `${moment(group.first)} to ${moment(group.last)}`,
      link: `/windows?${new URLSearchParams({ service, type, 'before.version': group.version })}`,
    })),
  }
}

export function renderWindows(windows: Window[]): string {
  const [first] = windows
  const shown = windows.slice(-MOST_ROWS).toReversed()
  return fill('windows', {
    title: first
      ? `${clip(visible(first.service), LONGEST)}: ${counted(windows.length, 'window')}`
      : 'No windows here',
    left: windows.length > shown.length ? `The last ${shown.length} of ${windows.length}.` : '',
    timeline: timelineOf(windows),
    rows: shown.map(window => ({
      link: `/windows/${window.id}`,
      file: `/windows/${window.id}.pb.gz`,
      time: moment(window.startedAt),
      version: clip(visible(window.version || '–'), LONGEST),
      duration: duration(window.duration),
      requests: window.requests === null ? '–' : String(Math.round(window.requests)),
      size: value(window.bytes, 'bytes'),
      labels: clip(
        visible(
          Object.entries(window.labels)
            .map(([name, text]) => `${name}=${text}`)
            .join(' '),
        ),
        LONGEST,
      ),
    })),
  })
}

/** How many windows began when, as bars whose heights are shares of the highest one. */
function timelineOf(windows: Window[]) {
  if (windows.length < 2) return null
  const [from, to] = [windows[0]!.startedAt, windows.at(-1)!.startedAt]
  const counts = new Array<number>(COLUMNS).fill(0)
  for (const { startedAt } of windows)
    counts[Math.min(COLUMNS - 1, Math.floor(((startedAt - from) / Math.max(1, to - from)) * COLUMNS))]!++
  const most = Math.max(...counts)
  return {
    from: moment(from),
    to: moment(to),
    bars: counts.map((count, at) => ({
      x: at * 10,
      y: 40 - Math.round((40 * count) / most),
      height: Math.round((40 * count) / most),
    })),
  }
}

/** `2026-12-31 09:00:00`, UTC. */
const moment = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
