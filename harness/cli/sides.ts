/** The two sides of a diff: files and folders, or windows of a store. */
import { resolve } from 'node:path'
import { readWindows, storePlace, type Windows } from '../exchange/index.ts'
import { MAX_BYTES } from '../formats/index.ts'
import type { DiffSide } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { readProfiles } from '../store/index.ts'
import type { FlagName, Options } from './flags.ts'
import type { Host } from './host.ts'

/** What is said of windows. */
export const WINDOW_FLAGS = [
  'window',
  'last',
  'end',
  'by',
  'type',
  'prometheus',
  'requests-query',
] as const satisfies FlagName[]

const MINUTE = 60_000

/**
 * @returns the sides, and the flags that read the same windows again
 * @throws UsageError or MeasureError when a side cannot be read, or a flag has nothing to do
 */
export async function readSides(
  labels: string[],
  options: Options,
  host: Host,
): Promise<{ sides: DiffSide[]; again: string[] }> {
  const maxBytes = options['max-profile'] === undefined ? MAX_BYTES : options['max-profile'] * 2 ** 20
  const places = labels.map(label => storePlace(label))
  const isStored = places.some(place => place !== undefined)
  const idle = WINDOW_FLAGS.find(flag => options[flag] !== undefined)
  if (idle && !isStored)
    throw new UsageError('This flag is for windows of a store, and both sides are files.', {
      place: `--${idle}`,
      advice: 'Drop it, or give pyroscope:ADDRESS{SELECTOR} or parca:ADDRESS{SELECTOR}.',
    })
  const now = Date.now()
  const ends = options.end ?? [now, now]
  const sides: DiffSide[] = []
  for (const [side, label] of labels.entries()) {
    const place = places[side]
    const found = place
      ? await readWindows(place, windowsFrom(options, ends[side]!), host.env, maxBytes)
      : { files: await readProfiles(resolve(host.cwd(), label.replace(/^folder:/, '')), maxBytes) }
    sides.push({ label, ...found })
  }
  return { sides, again: isStored ? flagsFrom({ ...options, end: ends }) : [] }
}

/** With the time, because “the last hour” is another one tomorrow. */
function flagsFrom({ window, last, end, by, type, prometheus, ...others }: Options): string[] {
  const texts = {
    window: window && `${window}ms`,
    last: last && `${last}ms`,
    end: end?.map(time => new Date(time).toISOString()).join(','),
    by,
    type,
    prometheus,
    'requests-query': others['requests-query'],
  }
  return Object.entries(texts).flatMap(([name, text]) => (text ? [`--${name}`, text] : []))
}

function windowsFrom(options: Options, until: number): Windows {
  const { window = 10 * MINUTE, last = 60 * MINUTE, by, type, prometheus: address } = options
  const query = options['requests-query']
  if ((address === undefined) !== (query === undefined))
    throw new UsageError('`--prometheus` and `--requests-query` belong together.', { advice: 'Give both.' })
  if (last < window)
    throw new UsageError('The windows are longer than the time that they are taken from.', {
      place: '--last',
      advice: 'Raise it, or lower `--window`.',
    })
  return {
    window,
    last,
    until,
    by,
    type,
    requests:
      address !== undefined && query !== undefined
        ? { address: address.replace(/\/+$/, ''), query }
        : undefined,
  }
}
