/**
 * The driver: a process of its own that generates the load and reads the counters, as the harness commands. When the harness
 * dies, it ends every process of the launches that it guards.
 *
 * Arguments: the run's folder for temporary files, and the file of its lease.
 */
import { rmSync } from 'node:fs'
import type { Collector, Loader } from '../../model/capabilities.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import { endProcesses, type Trace } from '../both/launch-processes.ts'
import { removeTemporary, removeUnfinished } from '../both/lease.ts'
import { loadScript } from '../both/load-script.ts'
import type { Command, Measured, Problem, Reply } from '../both/messages.ts'
import { AgentServer } from './agent/server.ts'
import { LaunchFailure } from './launch.ts'
import { type Learnt, learntFrom } from './load/pace.ts'
import { runRound } from './round.ts'
import { putMainThreadFirst } from './v8-threads.ts'

/** Capabilities are named like their files, both in the sources and in the compiled package. */
const EXTENSION = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'))

const [folder, lease] = process.argv.slice(2) as [string, string]

/** By their marks. */
const guarded = new Map<string, Trace>()
/** A reply to a harness that has just died is lost. `disconnect` deals with the rest. */
const tell = (reply: Reply): void => void process.send?.(reply, undefined, undefined, () => {})

putMainThreadFirst()
const server = await AgentServer.listen(folder)
const harness = process.ppid
let output: string | undefined
let learnt: Learnt = { times: 1 }

/** Our own or a plugin's. A plugin's module can export several, of any kind. */
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

async function measure(task: Extract<Command, { command: 'measure' }>): Promise<Measured> {
  const { plan, round, pace } = task
  output = plan.output
  // An earlier driver of this run can have found it.
  if (pace) learnt = { ...learnt, ...learntFrom(pace) }
  const loader = await capability<Loader>('loaders', plan.load.engine, plan)
  // Nobody knows how fast a closed loop is, and where the load has a limit, the service gets no more.
  const isLimited = plan.remote !== undefined || plan.load.atMost !== undefined
  const warmer = isLimited ? undefined : loader.warmer
  const tools = {
    loader,
    warmer: warmer === undefined ? loader : await capability<Loader>('loaders', warmer, plan),
    closed: await capability<Loader>('loaders', 'closed', plan),
    script: await loadScript(plan, round),
    collectors: await Promise.all(
      plan.collectors.map(name => capability<Collector>('collectors', name, plan)),
    ),
    server,
    tell,
  }
  const result = await runRound(plan, task, tools, learnt)
  learnt = result.learnt
  return result.measured
}

async function carryOut(command: Command): Promise<Reply> {
  const { id } = command
  if (command.command === 'measure') return { type: 'done', id, ...(await measure(command)) }
  const { trace, token } = command
  if (command.command === 'guard') {
    guarded.set(trace.mark, trace)
    server.expect(token)
  } else {
    guarded.delete(trace.mark)
    server.forget(token)
  }
  return { type: 'done', id }
}

process.on('message', async (command: Command) => {
  try {
    tell(await carryOut(command))
  } catch (error) {
    tell({ type: 'failed', id: command.id, ...problemOf(error) })
  }
})

function problemOf(error: unknown): Problem {
  const { message } = error instanceof Error ? error : { message: String(error) }
  if (!(error instanceof LaunchFailure)) return { message }
  const { variant, stage, cause } = error
  // No launch is to blame for the limits of the generator.
  return cause instanceof MeasureError ? { message, advice: cause.advice } : { message, variant, stage }
}

process.on('disconnect', async () => {
  const left = await Promise.all([...guarded.values()].map(trace => endProcesses(trace, 0)))
  server.close()
  if (output !== undefined) removeUnfinished(output, harness)
  // Processes that could not be ended stay in the lease, for the next run.
  if (left.flat().length === 0) {
    removeTemporary(folder)
    rmSync(lease, { force: true })
  }
  process.exit()
})

tell({ type: 'ready', socket: server.path })
