/** Collectors of every scope on services without an agent, through a whole round of the driver. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { stateOf } from '../../harness/kernel/processes.ts'
import closed from '../../harness/loaders/closed.ts'
import { endProcesses, processesOf } from '../../harness/measure/both/launch-processes.ts'
import { loadScript } from '../../harness/measure/both/load-script.ts'
import { AgentServer } from '../../harness/measure/driver/agent/server.ts'
import { runRound } from '../../harness/measure/driver/round.ts'
import type {
  AgentCollector,
  Collector,
  Helper,
  LaunchCollector,
  MachineCollector,
} from '../../harness/model/capabilities.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { AGENT } from '../agent/target.ts'
import { plan } from '../analyze/records.ts'
import { folderWith } from '../plan/world.ts'

const SERVER = join(import.meta.dirname, '../fixtures/server.js')
const HELPERS = join(import.meta.dirname, '../../harness/measure/driver/collect/helper-processes.ts')
const WAIT = [process.execPath, '-e', 'setInterval(() => {}, 1000)']

const children: ReturnType<typeof spawn>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Lives in a test, because it is of no use to anybody: how often a process gave its processor up. */
const switches = (pid: number) =>
  Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1])

const atStart = new Map<number, number>()
const contextSwitches: LaunchCollector = {
  name: 'context-switches',
  scope: 'launch',
  order: 90,
  columns: {
    switchesSoFar: { unit: 'count', kind: 'level', family: 'waiting', from: 'kernel', title: 'switches' },
  },
  async start({ pid }) {
    atStart.set(pid, switches(pid))
  },
  between: async ({ pid }) => ({ switchesSoFar: switches(pid) }),
  async stop({ pid, processes }) {
    return { figures: { switches: switches(pid) - atStart.get(pid)!, seen: processes().length } }
  },
}

let helper: Helper
const machine: MachineCollector = {
  name: 'machine',
  scope: 'machine',
  order: 91,
  async start(_, occasion) {
    helper = await occasion.helper(WAIT)
  },
  async stop({ launches }, requests) {
    return { figures: { launches: launches.length, requests: requests.from.length } }
  },
}

/** @param withAgent the variant that has an agent */
async function roundWith(collectors: Collector[], withAgent?: string) {
  const server = await AgentServer.listen(await folderWith({}))
  const measured: Plan = {
    ...plan,
    pinning: undefined,
    load: { ...plan.load, connections: 2 },
    warmup: { requests: 100, timeout: 1_000 },
    timing: { slice: 10, timed: 100, profiled: 100 },
    output: await folderWith({}),
  }
  const launches = await Promise.all(
    measured.variants.map(async ({ id }, i) => {
      server.expect(id)
      const agent = {
        NODE_OPTIONS: `--require=${JSON.stringify(AGENT)}`,
        FLAMEGATE_AGENT_SOCKET: server.path,
        FLAMEGATE_AGENT_TOKEN: id,
      }
      const env = { ...process.env, ...(id === withAgent && agent) }
      const child = spawn(process.execPath, [SERVER], { env })
      children.push(child)
      const [port] = await once(child.stdout!, 'data')
      const url = `http://127.0.0.1:${String(port).trim()}`
      return { variant: id, url, pid: child.pid!, mark: `${i}`.repeat(32), token: id, boot: 1 }
    }),
  )
  while (withAgent && server.of(withAgent).length === 0) await new Promise(resolve => setImmediate(resolve))
  const tools = {
    loader: closed,
    warmer: closed,
    closed,
    script: await loadScript(measured, 1),
    collectors,
    server,
  }
  try {
    const task = { round: 1, launches, time: 10_000 }
    const { measured: result } = await runRound(measured, task, { ...tools, tell() {} }, { times: 1 })
    return result.launches
  } finally {
    server.close()
  }
}

it.runIf(ProcessTree.supported)(
  'a collector of scope `launch` reads each launch without an agent',
  async () => {
    const launches = await roundWith([contextSwitches])
    expect(launches).toHaveLength(2)
    for (const { versions, collected } of launches) {
      expect(versions).toEqual({})
      const { figures, slices } = collected['context-switches']!
      expect(figures).toMatchObject({ seen: 1, processes: 1 })
      expect(figures.switches).toBeGreaterThan(0)
      const levels = (slices as Record<string, (number | null)[]>).switchesSoFar!
      expect(levels).toHaveLength(slices.requests!.length)
      expect(levels).toEqual(levels.toSorted((a, b) => a! - b!))
    }
  },
)

it('a collector of scope `machine` runs once, and its helper ends with the round', async () => {
  const [first, second] = await roundWith([machine])
  expect(first!.collected.machine!.figures.launches).toBe(2)
  const own = first!.collected.machine!.slices.requests!.reduce<number>((sum, count) => sum + count!, 0)
  expect(first!.collected.machine!.figures.requests).toBeGreaterThan(own)
  expect(second!.collected).toEqual({})
  expect(['', 'Z']).toContain(stateOf(helper.pid))
})

it('a collector of scope `agent` runs where there is an agent, and those after it go on', async () => {
  const looking: AgentCollector = {
    name: 'looking',
    scope: 'agent',
    order: 1,
    async start() {},
    stop: async ({ threadId }) => ({ figures: { threadId } }),
  }
  const [first, second] = await roundWith([looking, machine], 'after')
  expect(Object.keys(first!.collected)).toEqual(['machine'])
  expect(second!.collected.looking!.figures).toEqual({ threadId: 0, processes: 1, threads: 1 })
  expect(first!.collected.machine!.figures.requests).toBeGreaterThan(0)
})

it('a helper that cannot be started fails the collector that needs it', async () => {
  const lost: MachineCollector = {
    ...machine,
    start: async (_, occasion) => void (await occasion.helper(['/nowhere/perf', 'record'])),
  }
  await expect(roundWith([lost])).rejects.toThrow('`/nowhere/perf record` was not started')
})

it.runIf(ProcessTree.supported)(
  'a helper outlives a killed driver only until its launch is ended',
  async () => {
    const mark = 'c'.repeat(32)
    const script = `
    import { Helpers } from ${JSON.stringify(HELPERS)}
    console.log((await new Helpers().start(${JSON.stringify(WAIT)}, '${mark}')).pid)
    setInterval(() => {}, 1000)`
    const driver = spawn(process.execPath, ['--input-type=module', '--eval', script])
    children.push(driver)
    const [pid] = await once(driver.stdout!, 'data')
    const ended = once(driver, 'exit')
    driver.kill('SIGKILL')
    await ended
    const launch = { pid: 0, started: 0, mark }
    expect(processesOf(launch)).toEqual([Number(pid)])
    expect(await endProcesses(launch, 0)).toEqual([])
    expect(processesOf(launch)).toEqual([])
  },
)
