/** What a timeline shows, one track below the other: each a figure of a slice. */
import type { Slices } from '../../../harness/model/launch.ts'

export const MEBIBYTE = 2 ** 20

export interface Track {
  id: string
  title: string
  unit: string
  at(slices: Slices, i: number): number | null
}

const ratio = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a === null || a === undefined || !b ? null : a / b

export const TRACKS: Track[] = [
  {
    id: 'cpu',
    title: 'CPU per request: should be level where the shade ends',
    unit: 'ns',
    at: (slices, i) => ratio(slices.cpu[i], slices.requests[i]),
  },
  {
    id: 'code',
    title: 'Compiled code: should have stopped growing where the shade ends',
    unit: 'bytes',
    at: (slices, i) => slices.codeSize[i] ?? null,
  },
  {
    id: 'gc',
    title: 'GC pauses per request: should be alike from slice to slice',
    unit: 'ns',
    at: (slices, i) => ratio(slices.gcPause[i], slices.requests[i]),
  },
  {
    id: 'delay',
    title: 'Waiting for a processor, per request: what other work took',
    unit: 'ns',
    at: (slices, i) => ratio(slices.runDelay[i], slices.requests[i]),
  },
  {
    id: 'loop',
    title: 'Longest delay of the event loop: what a request may have to wait for',
    unit: 'ns',
    at: (slices, i) => slices.loopDelay?.[i] ?? null,
  },
  {
    id: 'heap',
    title: 'JS heap in use: a saw is fine, a slope is not',
    unit: 'bytes',
    at: (slices, i) => slices.heapUsed?.[i] ?? null,
  },
]
