/** Profiles that somebody else's agents took and somebody else's store keeps: each window of each part is one profile, so they can be compared with intervals. */
import { finding } from '../findings/index.ts'
import { decodePprof } from '../formats/index.ts'
import type { DiffSide, ProfileFile } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { counted, duration } from '../words/numbers.ts'
import { parca } from './parca.ts'
import { labelsOf, type StorePlace, withLabel } from './place.ts'
import { countAt, queryFor } from './prometheus.ts'
import { pyroscope } from './pyroscope.ts'
import { type Access, accessFrom } from './request.ts'
import type { ProfileStore, Stretch } from './store.ts'

export { type StorePlace, storePlace } from './place.ts'
export { sendRun } from './send.ts'

const STORES: Record<StorePlace['kind'], (address: string, access: Access) => ProfileStore> = {
  pyroscope,
  parca,
}

/** Which windows to read. Times are in ms. */
export interface Windows {
  window: number
  last: number
  /** End of the last window, since the epoch. */
  until: number
  /** The label that tells processes apart. */
  by?: string
  /** The type of the profiles; by default the processor's. */
  type?: string
  /** How many requests were served in a window. */
  requests?: { address: string; query: string }
}

/** Profiles of one side at most. */
const MOST = 200
/** Questions at the same time. */
const AT_ONCE = 8

/** @throws UsageError or MeasureError when the store has nothing, or does not answer */
export async function readWindows(
  place: StorePlace,
  windows: Windows,
  variables: Record<string, string | undefined>,
  maxBytes: number,
): Promise<Omit<DiffSide, 'label'>> {
  const access = accessFrom(variables, maxBytes)
  const store = STORES[place.kind](place.address, access)
  const stretches = stretchesOf(windows)
  const all = { from: stretches[0]!.from, to: windows.until }
  const series = await store.series(place.selector, all, windows.by)
  const type = chosenType(place, [...new Set(series.map(one => one.type))], windows)
  const parts = [...new Set(series.filter(one => one.type === type).map(({ part }) => part))]
  const asked = stretches.flatMap(stretch => parts.map(part => ({ stretch, part })))
  if (asked.length > MOST)
    throw new UsageError(`These are ${asked.length} profiles; at most ${MOST} can be compared.`, {
      place: place.selector,
      advice:
        'Ask for longer windows (--window), a shorter time (--last), or a label with fewer values (--by).',
    })
  const reader: Reader = { store, access, place, windows, type }
  const files = await inBatches(asked, one => fileOf(reader, one))
  const found = files.filter(file => file !== undefined)
  if (found.length === 0) throw nothing(place, windows)
  return { files: found, findings: findingsOf(place, type, files.length - found.length) }
}

interface Reader {
  store: ProfileStore
  access: Access
  place: StorePlace
  windows: Windows
  type: string
}

/** One window of one part; `undefined` where the store has nothing of it. */
async function fileOf(
  { store, access, place, windows: { by, requests }, type }: Reader,
  { stretch, part }: { stretch: Stretch; part: string | undefined },
): Promise<ProfileFile | undefined> {
  const selector = by === undefined ? place.selector : withLabel(place.selector, by, part ?? '')
  const bytes = await store.profile(type, selector, stretch)
  const profile = bytes.length === 0 ? undefined : decodePprof(bytes, access.most)
  if (!profile || profile.samples.stack.length === 0) return undefined
  const file = {
    path: [new Date(stretch.from).toISOString(), part].filter(Boolean).join(' '),
    format: 'pprof',
    repaired: 0,
    profile: { ...profile, duration: stretch.to - stretch.from },
  }
  if (!requests) return file
  const query = queryFor(requests.query, stretch, labelsOf(selector) ?? new Map())
  return { ...file, requests: await countAt(requests.address, query, stretch.to, access) }
}

/** The oldest first. */
function stretchesOf({ window, last, until }: Windows): Stretch[] {
  const count = Math.max(1, Math.floor(last / window))
  return Array.from({ length: count }, (_, at) => {
    const to = until - (count - 1 - at) * window
    return { from: to - window, to }
  })
}

/** Best first: time on the processor, then time as such, which is what some agents record by default. */
const USUAL = [/^process_cpu:cpu:/, /:cpu:nanoseconds:cpu:/, /^wall:/]

function chosenType(place: StorePlace, types: string[], windows: Windows): string {
  const { type } = windows
  if (types.length === 0) throw nothing(place, windows)
  if (type !== undefined && types.includes(type)) return type
  const usual = USUAL.flatMap(pattern => types.filter(one => pattern.test(one)))[0]
  if (type === undefined && usual !== undefined) return usual
  throw new UsageError(
    type === undefined ? 'There are no profiles of time here.' : `There are no profiles of the type ${type}.`,
    { place: place.selector, details: types.join('\n'), advice: 'Give one of these types with --type.' },
  )
}

const nothing = ({ selector }: StorePlace, { last, until }: Windows) =>
  new UsageError(
    `The store has no profiles of the ${duration(last)} before ${new Date(until).toISOString()}.`,
    {
      place: selector,
      advice: 'Check the selector and the time (--last, --until).',
    },
  )

function findingsOf({ selector }: StorePlace, type: string, empty: number) {
  return [
    ...(empty > 0
      ? [finding('empty-windows', `${selector}: ${counted(empty, 'window')} without a profile.`)]
      : []),
    ...(type.startsWith('wall:') ? [finding('wall-time', `${selector}: profiles of the type ${type}.`)] : []),
  ]
}

async function inBatches<T, Found>(items: T[], work: (item: T) => Promise<Found>): Promise<Found[]> {
  const found: Found[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    found.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  return found
}
