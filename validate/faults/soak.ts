/** A long run of many short rounds: what the harness and its driver hold must not grow. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Run } from './run.ts'

const EVERY = 2_000

/** Growth from the second quarter to the last one that is no leak: V8 takes memory as it finds it. */
const MEMORY_ALLOWED = 32 * 2 ** 20
const COUNT_ALLOWED = 2

const QUANTITIES = ['memory', 'handles', 'threads', 'processes'] as const
type Quantity = (typeof QUANTITIES)[number]
type Sample = Record<Quantity, number>

export interface Growth {
  process: 'harness' | 'driver'
  quantity: Quantity
  /** Medians of the second quarter and of the last one; bytes, or how many. */
  before: number
  after: number
  broken: boolean
}

export interface Soak {
  rounds: number | string | null
  growth: Growth[]
}

export async function soak(minutes: number): Promise<Soak> {
  const run = new Run(['--quick', '--rounds', '100000', '--max-time', `${minutes}m`])
  const samples: Record<Growth['process'], Sample[]> = { harness: [], driver: [] }
  const over = run.said(/never said/)
  while (await Promise.race([over, sleep(EVERY, true)])) {
    const pids = { harness: run.child.pid, driver: run.driver() }
    for (const name of ['harness', 'driver'] as const) {
      const sample = pids[name] && sampleOf(pids[name])
      if (sample) samples[name].push(sample)
    }
  }
  const { rounds } = await run.left()
  return { rounds, growth: [...growthOf('harness', samples.harness), ...growthOf('driver', samples.driver)] }
}

function growthOf(process: Growth['process'], samples: Sample[]): Growth[] {
  const quarter = Math.floor(samples.length / 4)
  return QUANTITIES.map(quantity => {
    const of = (part: Sample[]) => median(part.map(sample => sample[quantity]))
    const [before, after] = [of(samples.slice(quarter, 2 * quarter)), of(samples.slice(-quarter))]
    const allowed = quantity === 'memory' ? MEMORY_ALLOWED : COUNT_ALLOWED
    return { process, quantity, before, after, broken: !(after - before <= allowed) }
  })
}

function sampleOf(pid: number): Sample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    return {
      memory: figure('VmRSS') * 1024,
      handles: readdirSync(`/proc/${pid}/fd`).length,
      threads: figure('Threads'),
      processes: readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).length,
    }
  } catch {
    return undefined
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
