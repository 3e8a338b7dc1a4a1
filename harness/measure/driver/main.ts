/**
 * The driver: a process of its own that generates the load and reads the counters. It does what the harness orders, one
 * order at a time, and when the harness dies it ends every launch that it was told to guard, down to the last process.
 *
 * Arguments: the run's folder for temporary files, and the file of its lease.
 */
import { rmSync } from 'node:fs'
import type { Collector, Loader } from '../../model/capabilities.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import { endFamily, type Trace } from '../both/family.ts'
import { loadScript } from '../both/load-script.ts'
import type { Answer, Order, Problem } from '../both/messages.ts'
import { putMainThreadFirst } from '../both/threads.ts'
import { removeHalves } from '../both/unfinished-files.ts'
import { AgentServer } from './agents.ts'
import { Round } from './round.ts'
import { LaunchFailure, type Learnt, learntFrom, type Tools } from './tools.ts'

/** Capabilities are named like their files, in the sources and in the compiled package alike. */
const EXTENSION = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'))

const [folder, lease] = process.argv.slice(2) as [string, string]

/** By their marks. */
const guarded = new Map<string, Trace>()
/** What is said to a harness that has just died is lost; `disconnect` deals with the rest. */
const tell = (answer: Answer): void => void process.send?.(answer, undefined, undefined, () => {})

putMainThreadFirst()
const server = await AgentServer.listen(folder)
const harness = process.ppid
let output: string | undefined
let learnt: Learnt = { times: 1 }

/** One of our own, or one of a plugin; a plugin's module may have several, also of other kinds. */
async function capability<T extends Loader | Collector>(
  folder: 'loaders' | 'collectors',
  name: string,
  { plugins = {} }: Plan,
): Promise<T> {
  const method = folder === 'loaders' ? 'open' : 'start'
  const module = plugins[`${folder}/${name}`] ?? `../../${folder}/${name}${EXTENSION}`
  const { default: exported } = (await import(module)) as { default: T | T[] }
  return [exported].flat().find(one => one.name === name && method in one) as T
}

async function measure({
  plan,
  round,
  launches,
  yardstick,
  time,
  pace,
}: Extract<Order, { order: 'measure' }>) {
  output = plan.output
  // An earlier driver of the same run may have found it.
  if (pace) learnt = { ...learnt, ...learntFrom(pace) }
  const loader = await capability<Loader>('loaders', plan.load.engine, plan)
  const tools: Tools = {
    loader,
    warmer: loader.paced ? await capability<Loader>('loaders', 'closed', plan) : loader,
    script: await loadScript(plan, round),
    collectors: await Promise.all(
      plan.collectors.map(name => capability<Collector>('collectors', name, plan)),
    ),
    server,
    tell,
  }
  const result = await new Round(plan, round, tools, { learnt, time }).run(launches, yardstick)
  learnt = result.learnt
  return result.measured
}

async function carryOut(order: Order): Promise<Answer> {
  if (order.order === 'measure') return { type: 'done', id: order.id, ...(await measure(order)) }
  if (order.order === 'expect') server.expect(order.token)
  if (order.order === 'guard') guarded.set(order.trace.mark, order.trace)
  if (order.order === 'release') {
    guarded.delete(order.trace.mark)
    server.forget(order.token)
  }
  return { type: 'done', id: order.id }
}

process.on('message', async (order: Order) => {
  try {
    tell(await carryOut(order))
  } catch (error) {
    tell({ type: 'failed', id: order.id, ...problemOf(error) })
  }
})

function problemOf(error: unknown): Problem {
  const { message } = error instanceof Error ? error : { message: String(error) }
  if (!(error instanceof LaunchFailure)) return { message }
  const { variant, phase, cause } = error
  // No launch is to blame for what the generator cannot do.
  if (cause instanceof MeasureError) return { message, ...(cause.advice && { advice: cause.advice }) }
  return { message, variant, phase }
}

process.on('disconnect', async () => {
  const left = await Promise.all([...guarded.values()].map(trace => endFamily(trace, 0)))
  server.close()
  if (output !== undefined) removeHalves(output, harness)
  // What could not be ended stays in the lease, for the next run to see.
  if (left.flat().length === 0)
    for (const path of [folder, lease]) rmSync(path, { recursive: true, force: true })
  process.exit()
})

tell({ type: 'ready', socket: server.path })
