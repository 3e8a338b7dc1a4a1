/** Flamegate itself, as a user runs it: `bench injected --json` in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { mortal } from '../../harness/measure/harness/command.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { FrameChange, Report, Status } from '../../harness/model/report.ts'
import { type Found, percentOf } from './outcome.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const BIN = join(ROOT, 'harness', 'bin.js')
const METRIC = 'cpu.perRequest'
/** The function in which the service does its extra work. */
const INJECTED = 'injectedWork'

export interface SlicesOptions {
  /** Milliseconds. */
  maxTime: number
  /** Text such as `1%`; the scenario's own when absent. */
  margin?: string
  /** Folder for the run's files. */
  output: string
}

/** What is read of `report.json`. */
export interface Document {
  ending: RunRecord['ending']
  rounds: number
  gates: { metric: string; status: Status }[]
  comparisons: Report['analysis']['comparisons']
  frames: FrameChange[]
}

export async function slices(
  level: number,
  { maxTime, margin, output }: SlicesOptions,
  signal: AbortSignal,
): Promise<Found> {
  signal.throwIfAborted()
  const gate = margin === undefined ? [] : ['--gate', `${METRIC}<=+${margin}`]
  const flags = ['--json', '--max-time', `${maxTime}ms`, '--output', output, ...gate]
  const [program, ...args] = mortal([process.execPath, BIN, 'injected', ...flags])
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: { ...process.env, FLAMEGATE_INJECT: `${percentOf(level)}%` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const interrupt = () => child.kill('SIGINT')
  signal.addEventListener('abort', interrupt, { once: true })
  const [text, complaint] = [collect(child.stdout), collect(child.stderr)]
  const [code] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', interrupt)
  signal.throwIfAborted()
  // Whatever the verdict, a run that was measured has a report; the exit code says more than is asked for here.
  if (text() === '') throw new Error(`flamegate ended with code ${code}: ${firstLines(complaint())}`)
  return { ...readDocument(JSON.parse(text())), record: join(output, 'record.json') }
}

const firstLines = (text: string) => text.trim().split('\n').slice(0, 3).join(' ')

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

/** What Flamegate said about CPU per request, and where it put the injected function. */
export function readDocument({ ending, rounds, gates, comparisons, frames }: Document): Found {
  if (ending !== 'complete') throw new Error(`The run is ${ending} after ${rounds} rounds.`)
  const gate = gates.find(({ metric }) => metric === METRIC)
  const change = comparisons.find(({ metric }) => metric === METRIC)?.change
  if (!gate) throw new Error(`The report has no gate on ${METRIC}.`)
  const place = frames.findIndex(frame => frame.collector === 'cpu' && frame.function === INJECTED)
  return {
    status: gate.status,
    estimate: change?.estimate ?? null,
    low: change?.low ?? null,
    high: change?.high ?? null,
    rounds,
    rank: place < 0 ? null : place + 1,
    significant: frames[place]?.significant ?? false,
  }
}
