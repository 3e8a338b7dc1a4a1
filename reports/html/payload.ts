/** What the page's script reads: flames as packed columns, and the record, gzipped and as text. */
import { gzipSync } from 'node:zlib'
import type { Flame, FrameChange, FunctionText } from '../../harness/model/flame.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Report } from '../../harness/model/report.ts'
import { sound } from '../../harness/words/numbers.ts'
import { ownerName } from '../../harness/words/owners.ts'
import { visible } from '../../harness/words/text.ts'

/** Gzip, then base64: what `DecompressionStream` reads from a text node. */
export const pack = (content: string | Uint8Array): string =>
  gzipSync(content, { level: 9 }).toString('base64')

/** The most characters of profiles that a page carries, so that it fits into an email. */
const PROFILE_BUDGET = 250_000

/**
 * The record as it is on disk, with the earlier one that it is judged against, and as many of their profiles as the
 * budget allows; `left` counts the profiles that are left out.
 */
export function recordPayload({ run }: Report): { data: string; left: number } {
  const spare = { characters: PROFILE_BUDGET, left: 0 }
  const own = withinBudget(run, spare)
  const record = run.recorded ? { ...own, recorded: withinBudget(run.recorded, spare) } : own
  return { data: pack(JSON.stringify(record)), left: spare.left }
}

function withinBudget(run: RunRecord, spare: { characters: number; left: number }): RunRecord {
  const copy = structuredClone(run)
  const launches = copy.rounds.flatMap(round => round.launches)
  for (const result of launches.flatMap(({ collected }) => Object.values(collected))) {
    if (result.profile === undefined) continue
    spare.characters -= result.profile.length
    if (spare.characters >= 0) continue
    delete result.profile
    spare.left++
  }
  return copy
}

/**
 * One flame: length of the header (u32, little-endian), the header (JSON: names and what is known of each function),
 * then six columns of 32 bits (distance to the parent, function, self before, self after, low and high of the change
 * in total; NaN where unknown), then four columns of its moments (distance to the node before, step, self before and
 * after). A column's bytes are split into four planes, because equal bytes next to each other compress best.
 *
 * @param requests that each side answered while it was profiled, if they were counted
 */
export function flamePayload(flame: Flame, changes: FrameChange[], requests?: [number, number]): string {
  const header = new TextEncoder().encode(JSON.stringify(headerOf(flame, changes, requests)))
  const length = flame.parent.length
  const columns = [
    planes(Uint32Array.from(flame.parent, (parent, i) => i - parent)),
    planes(Uint32Array.from(flame.frame)),
    ...[flame.before, flame.after, flame.low, flame.high].map(figures => planes(coarse(figures, length))),
  ]
  const start = new Uint8Array(new Uint32Array([header.length]).buffer)
  return pack(Buffer.concat([start, header, ...columns, ...momentColumns(flame)]))
}

function momentColumns({ moments }: Flame): Uint8Array[] {
  if (!moments) return []
  const { node, at, before, after } = moments
  return [
    planes(Uint32Array.from(node, (it, i) => it - (node[i - 1] ?? 0))),
    planes(Uint32Array.from(at)),
    ...[before, after].map(figures => planes(coarse(figures, node.length, ROUGH))),
  ]
}

function headerOf(flame: Flame, changes: FrameChange[], requests?: [number, number]) {
  const { moments } = flame
  const key = (it: { function: string; file: string; line: number }) =>
    `${it.function}\0${it.file}\0${it.line}`
  const mine = changes.filter(it => it.variant === flame.variant && it.collector === flame.collector)
  const known = new Map(mine.map(it => [key(it), it]))
  const files = [...new Set(flame.frames.map(frame => visible(frame.file)))]
  const place = new Map(files.map((file, i) => [file, i]))
  return {
    unit: flame.unit,
    per: flame.per ?? 'per request',
    nodes: flame.parent.length,
    requests,
    moments: moments && { step: moments.step, requests: moments.requests, entries: moments.node.length },
    sources: Object.fromEntries(
      flame.frames.flatMap(({ source }, i) => (source ? [[i, linesOf(source)]] : [])),
    ),
    files,
    owners: flame.owners?.map(it => [
      ownerName(it),
      it.kind === 'kernel' ? 'node' : it.kind,
      ...(it.low === null || it.high === null ? [] : [figure(it.low), figure(it.high)]),
    ]),
    frames: flame.frames.map(frame => [
      visible(frame.function) || '(anonymous)',
      place.get(visible(frame.file)),
      frame.line,
      frame.category,
      visible(frame.match),
      frame.owner ?? null,
      ...selfChange(known.get(key(frame)), flame.base ?? 0),
    ]),
  }
}

/** A row: its text, then line and self of each side; a side that does not have it has neither. */
const linesOf = ({ rows, rest }: FunctionText) => ({
  rows: rows.map(({ text, before, after }) => [
    visible(text.replaceAll('\t', '  ')),
    ...[before, after].flatMap(side => (side ? [side.line, figure(side.self)] : [null, null])),
  ]),
  rest: [figure(rest.before), figure(rest.after)],
})

/**
 * Interval of the change in self per request, in the flame's unit, and its p; empty if it is not known.
 *
 * @param base what the change is a fraction of
 */
function selfChange(it: FrameChange | undefined, base: number): (number | null)[] {
  const change = sound(it?.change)
  return it && change
    ? [figure(change.low * base), figure(change.high * base), it.p === null ? null : figure(it.p)]
    : []
}

const figure = (x: number): number => Number(x.toPrecision(3))

/** Eleven bits of mantissa tell 0.02 % apart, and zeros compress. */
const FINE = 12
/** Seven tell 0.4 % apart: a part of a profile is not known any better. */
const ROUGH = 16

/** @param dropped bits of the mantissa, the last of which rounds */
function coarse(figures: (number | null)[], length: number, dropped = FINE): Uint32Array {
  const floats = Float32Array.from({ length }, (_, i) => figures[i] ?? Number.NaN)
  const [half, mask] = [2 ** (dropped - 1), -(2 ** dropped)]
  return new Uint32Array(floats.buffer).map(bits => (bits + half) & mask)
}

function planes(column: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(column.length * 4)
  for (let plane = 0; plane < 4; plane++) {
    for (let i = 0; i < column.length; i++) bytes[plane * column.length + i] = column[i]! >>> (plane * 8)
  }
  return bytes
}
