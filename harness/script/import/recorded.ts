/** Requests that were recorded, or written for another tool, in the one form that becomes steps. */
import type { CaptureSource } from '../../model/script.ts'
import { visible } from '../../words/text.ts'
import { standInsIn } from './stand-in.ts'

export type Pair = Record<'name' | 'value', string>

/** A field of a form, or a part of a multipart body. */
export interface Param {
  name: string
  value?: string
  /** Absent for a field that is not a file. */
  fileName?: string
  contentType?: string
}

/** `encoding` is not in the standard: `base64` where a tool has put bytes into `text`. */
export type PostData = Partial<Record<'mimeType' | 'text' | 'encoding', string>> & { params?: Param[] }

export interface Recorded {
  method: string
  url: URL
  headers: Pair[]
  postData?: PostData
  /** Bytes; −1 when unknown. */
  bodySize?: number
  /** Absent for any status from 200 to 299. */
  expect?: { status?: number | number[]; body?: string }
  capture?: Record<string, CaptureSource>
  weight?: number
  /** Redirects that are followed. */
  redirects?: number
  /** Where it stands in a file that people write, for example `script.js:14`. */
  place?: string
}

/** How the requests are sent, as far as the file says it. */
export interface Pace {
  connections?: number
  /** Runs of the script per second. */
  arrivals?: number
  /** Sum of the weights of a mix's scenarios. One of them runs at each arrival. */
  weights?: number
  /** Limits of the latency. */
  limits?: Limit[]
}

export interface Limit {
  percentile: number
  /** Milliseconds. */
  most: number
  place: string
}

/** What was read from a file. */
export interface Recording {
  file: string
  /** The tool for which it was written; absent when it was recorded. */
  tool?: string
  setup?: Recorded[]
  requests: Recorded[]
  pace?: Pace
  notes: Notes
  /** What to do when there is nothing in it that can be sent. */
  advice: string
}

export const METHOD = /^(?!CONNECT$)[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$/

/** Whether an answer can have this status. */
export const isStatus = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599

/** Where the address of the service is not known. */
export const UNKNOWN_ORIGIN = 'http://service.invalid'

/** Why a request was left out. */
export type Omission = [reason: string, detail?: string]

/** Details shown for a reason. */
const DETAILS = 3
/** Notes that are shown with their places. */
const MOST_NOTES = 60

/** What was left out, and what is different: counted by reason, or with its place in the file. */
export class Notes {
  readonly #left: Omission[] = []
  readonly #placed = new Set<string>()

  /** Requests that were left out without a place. */
  get left(): number {
    return this.#left.length
  }

  leave([reason, detail]: Omission, place?: string): void {
    if (place === undefined) this.#left.push([reason, detail])
    else this.say(place, `a request ${reason}${detail === undefined ? '' : ` (${detail})`}`)
  }

  say(place: string, what: string): void {
    this.#placed.add(visible(`${place}: ${what}`))
  }

  get lines(): string[] {
    const placed = [...this.#placed].toSorted((a, b) => lineOf(a) - lineOf(b))
    const more = placed.length - MOST_NOTES
    return [
      ...placed.slice(0, MOST_NOTES),
      ...(more > 0 ? [`… and ${more} more`] : []),
      ...countedOmissions(this.#left),
    ]
  }
}

/** `script.js:14: …` → 14 */
const lineOf = (note: string): number => Number(/^[^:]*:(\d+): /.exec(note)?.[1] ?? 0)

function countedOmissions(left: Omission[]): string[] {
  return [...Map.groupBy(left, ([reason]) => reason)].map(([reason, all]) => {
    const details = [...new Set(all.flatMap(([, detail]) => detail ?? []))]
    const shown = details.slice(0, DETAILS)
    if (details.length > DETAILS) shown.push('…')
    return visible(`${all.length} ${reason}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`)
  })
}

/** Names of the captured values that a request holds. */
export const capturedIn = ({ url, headers, postData }: Recorded): string[] =>
  standInsIn(JSON.stringify([url, headers, postData])).flatMap(({ from, name }) =>
    from === 'captured' ? [name] : [],
  )

/** The text as `file` shows it: on one line, and not too long. */
export function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return `\`${line.length > 60 ? `${line.slice(0, 59)}…` : line}\``
}
