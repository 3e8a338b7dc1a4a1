/** The scenario's load as plain data. Mistakes that would only show in the middle of a run are refused here. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { Load } from '../model/load.ts'
import type { Code, PlannedData, PlannedLoad, PlannedStep } from '../model/plan.ts'
import type { Body, Data, Expect, Row, Step } from '../model/script.ts'
import { isCall, isWebSocket, parseRows, placeholders } from '../script/index.ts'
import { suggest } from '../words/suggestion.ts'

type Scripted = Pick<PlannedLoad, 'steps' | 'setup' | 'data' | 'pick' | 'cookies' | 'files'>

/** @throws UsageError with the step, file or line that is wrong */
export async function planScript(load: Load, scenario: string): Promise<Scripted> {
  const { steps, setup = [], data, pick, cookies } = load
  const all = [...setup, ...steps]
  const read = (path: string) => readInput(path, scenario)
  const contents = await Promise.all([...filesOf(all)].map(async path => [path, await read(path)] as const))
  const rows = data && (await rowsOf(data, read, scenario))
  refuseUnknownNames(load, rows, scenario)
  refuseHalfAMix(steps, scenario)
  refuseCalls(load, scenario)
  refuseWebSockets(all, scenario)
  const hashes = contents.map(([path, content]) => [path, hash(content)])
  return {
    steps: steps.map(planStep),
    setup: setup.length > 0 ? setup.map(planStep) : undefined,
    ...(data && rows && { data: planData(data, rows), pick: pick ?? 'order' }),
    ...(cookies && { cookies }),
    files: hashes.length > 0 ? Object.fromEntries(hashes) : undefined,
  }
}

async function readInput(path: string, scenario: string): Promise<Buffer> {
  try {
    return await readFile(resolve(dirname(scenario), path))
  } catch (cause) {
    throw new UsageError(`The file ${path} cannot be read.`, {
      place: scenario,
      advice: 'Give a path relative to the scenario’s file, or an absolute one.',
      cause,
    })
  }
}

const hash = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

const filesOf = (steps: Step[]) => new Set(steps.flatMap(({ body }) => (body ? pathsIn(body) : [])))

function pathsIn(body: Body): string[] {
  if (body.kind === 'file') return [body.path]
  if (body.kind !== 'multipart') return []
  return Object.values(body.parts).flatMap(part => (typeof part === 'object' ? [part.path] : []))
}

/** A function is called once: its row has the names, and shows whether it works at all. */
async function rowsOf(data: Data, read: (path: string) => Promise<Buffer>, scenario: string): Promise<Row[]> {
  if (typeof data === 'function') return [firstRow(data, scenario)]
  if ('file' in data) return parseRows((await read(data.file)).toString('utf8'), data.file)
  if (data.length > 0) return data
  throw new UsageError('The list in `load.data` is empty.', {
    place: scenario,
    advice: 'Give it at least one row, or remove `data`.',
  })
}

function firstRow(data: Extract<Data, (...of: never[]) => unknown>, scenario: string): Row {
  const advice =
    'Let it return an object of texts, numbers and booleans: `(random, index) => ({ id: index })`.'
  let row: unknown
  try {
    row = data(() => 0.5, 0)
  } catch (cause) {
    const details = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw new UsageError('The function in `load.data` fails.', { place: scenario, details, advice, cause })
  }
  if (row !== null && typeof row === 'object' && !Array.isArray(row) && !(row instanceof Promise))
    return row as Row
  throw new UsageError('The function in `load.data` does not return a row.', { place: scenario, advice })
}

function planData(data: Data, rows: Row[]): PlannedData {
  if (typeof data === 'function') return { from: 'function', hash: hash(String(data)) }
  const counted = { hash: hash(JSON.stringify(rows)), rows: rows.length }
  return 'file' in data ? { from: 'file', file: data.file, ...counted } : { from: 'list', ...counted }
}

const planStep = ({ expect, ...step }: Step): PlannedStep => ({
  ...step,
  expect: expect && { ...expect, body: plain(expect.body) },
})

function plain(body: Expect['body']): string | Code | undefined {
  if (typeof body === 'string' || body === undefined) return body
  return { code: typeof body === 'function' ? String(body) : 'a schema' }
}

/** A flow may use what earlier steps capture; the steps of a mix have no order. */
function refuseUnknownNames(
  { steps, setup = [], pipelining = 1, cookies }: Load,
  rows: Row[] = [],
  scenario: string,
) {
  const captures = (step: Step) => Object.keys(step.capture ?? {})
  const known = new Set([...Object.keys(rows[0] ?? {}), ...(isMix(steps) ? steps.flatMap(captures) : [])])
  for (const step of [...setup, ...steps]) {
    for (const name of placeholders(step)) {
      if (known.has(name)) continue
      const later = [...setup, ...steps].some(other => captures(other).includes(name))
      throw new UsageError(
        later
          ? `\`${step.name}\` uses \`${name}\`, which only a later step captures.`
          : `\`${step.name}\` uses \`${name}\`, which no step captures and no row of the data has.`,
        { place: scenario, advice: suggest(name, [...known], 'values') },
      )
    }
    for (const name of captures(step)) known.add(name)
  }
  if (pipelining > 1 && [...setup, ...steps].some(step => captures(step).length > 0))
    throw new UsageError(
      'With `pipelining` no value can be captured: the next request is already on its way.',
      { place: scenario, advice: 'Remove `pipelining` or the captures.' },
    )
  if (pipelining > 1 && cookies)
    throw new UsageError('With `pipelining` no cookies are kept: the next request is already on its way.', {
      place: scenario,
      advice: 'Remove `pipelining` or `cookies`.',
    })
  if (pipelining > 1 && [...setup, ...steps].some(({ events }) => events !== undefined))
    throw new UsageError(
      'With `pipelining` no answer can be left before its end: the next one comes on the same connection.',
      { place: scenario, advice: 'Remove `pipelining` or `events`.' },
    )
}

const isMix = (steps: Step[]) => steps.some(({ weight }) => weight !== undefined)

function refuseHalfAMix(steps: Step[], scenario: string): void {
  const without = steps.find(({ weight }) => weight === undefined)
  if (!isMix(steps) || !without) return
  throw new UsageError(`\`${without.name}\` has no weight, but other steps have one.`, {
    place: scenario,
    advice: 'Give every step of a mix a weight. The steps of a flow, which follow each other, have none.',
  })
}

function refuseWebSockets(steps: Step[], scenario: string): void {
  const upgrades = ({ headers = {} }: Step) =>
    Object.entries(headers).some(([name, text]) => name.toLowerCase() === 'upgrade' && isWebSocket(text))
  const step = steps.find(upgrades)
  if (!step) return
  throw new UsageError(`\`${step.name}\` opens a WebSocket, which is not supported.`, {
    place: scenario,
    advice: 'Leave it out, and measure the service by its HTTP requests.',
  })
}

function refuseCalls({ steps, setup = [], protocol }: Load, scenario: string): void {
  const call = protocol === 'http/2' ? undefined : [...setup, ...steps].find(isCall)
  if (!call) return
  throw new UsageError(`\`${call.name}\` is a gRPC call, which needs HTTP/2.`, {
    place: scenario,
    advice: "Add `protocol: 'http/2'` to the load.",
  })
}
