/** A long run of many short rounds: the harness and its driver must not grow. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendants, openFiles, residentMemory, threadsOf } from '../../harness/kernel/processes.ts'
import { median } from '../../harness/stats/describe.ts'
import { send } from '../../test/e2e/flamegate.ts'
import { driverOf, type Left, leftBy, leftovers, roundsBegun, startRun } from './run.ts'

export interface Soak extends Left {
  type: 'soak'
  minutes: number
  growth: Growth[]
  broken: string[]
}

interface Growth {
  process: 'harness' | 'driver'
  quantity: (typeof QUANTITIES)[number]
  /** Medians around the tenth round and the hundredth, when the run got that far. */
  tenth?: number
  hundredth?: number
  /** Medians of the second quarter and of the last one; bytes, or a number. */
  before: number
  after: number
}

/** Milliseconds between two samples. */
const EVERY = 2_000

/** Growth from the second quarter to the last that is not a leak: V8 uses memory while some is free. */
const MEMORY_ALLOWED = 32 * 2 ** 20
const COUNT_ALLOWED = 2

const QUANTITIES = ['memory', 'handles', 'threads', 'processes'] as const
type Sample = Record<(typeof QUANTITIES)[number], number> & { round: number }

/** @param pause a file: while it exists no further round begins, and that time does not count */
export async function soak(minutes: number, pause?: string): Promise<Soak> {
  const run = startRun(['--rounds', '100000', '--max-time', '24h'], pause ? { PAUSE: pause } : {})
  const samples: Record<Growth['process'], Sample[]> = { harness: [], driver: [] }
  let open = minutes * 60_000
  while (open > 0 && run.running) {
    await Promise.race([sleep(EVERY), run.child])
    if (pause && existsSync(pause)) continue
    open -= EVERY
    samples.harness.push(...sampleOf(run.child.pid, roundsBegun(run)))
    samples.driver.push(...sampleOf(driverOf(run), roundsBegun(run)))
  }
  send(run.child.pid!, 'SIGINT')
  const left = await leftBy(run)
  const growth = [...growthOf('harness', samples.harness), ...growthOf('driver', samples.driver)]
  const broken = [
    ...(open > 0 ? [`ended ${Math.round(open / 60_000)} minutes too soon, with code ${left.code}`] : []),
    ...growth
      .filter(grows)
      .map(
        ({ process, quantity, before, after }) => `${quantity} of the ${process} grows: ${before} → ${after}`,
      ),
    ...leftovers(left),
  ]
  return { type: 'soak', minutes: minutes - open / 60_000, growth, ...left, broken }
}

/** Nothing when the process has ended. */
function sampleOf(pid: number | undefined, round: number): Sample[] {
  const memory = pid === undefined ? 0 : residentMemory(pid)
  if (pid === undefined || memory === 0) return []
  const [handles, threads, processes] = [openFiles(pid), threadsOf(pid).length, descendants(pid).length - 1]
  return [{ memory, handles, threads, processes, round }]
}

function growthOf(process: Growth['process'], samples: Sample[]): Growth[] {
  const quarter = Math.floor(samples.length / 4)
  const near = (round: number) => samples.filter(sample => Math.abs(sample.round - round) <= 2)
  return QUANTITIES.map(quantity => {
    const typical = (part: Sample[]) =>
      part.length > 0 ? median(part.map(sample => sample[quantity])) : undefined
    return {
      process,
      quantity,
      tenth: typical(near(10)),
      hundredth: typical(near(100)),
      before: typical(samples.slice(quarter, 2 * quarter)) ?? Number.NaN,
      after: typical(samples.slice(-quarter)) ?? Number.NaN,
    }
  })
}

/** Too few samples to tell count as growth. */
const grows = ({ quantity, before, after }: Growth): boolean =>
  !(after - before <= (quantity === 'memory' ? MEMORY_ALLOWED : COUNT_ALLOWED))

export function soakText({ minutes, rounds, growth }: Soak): string {
  const head = `Soak of ${minutes.toFixed(0)} minutes, ${rounds} rounds (tenth, hundredth; second and last quarter):`
  const rows = growth.map(({ process, quantity, tenth, hundredth, before, after }) => {
    const shown = (value = Number.NaN) =>
      quantity === 'memory' ? `${(value / 2 ** 20).toFixed(1)} MiB` : `${value}`
    return `- ${process}, ${quantity}: ${[tenth, hundredth, before, after].map(shown).join(', ')}`
  })
  return [head, ...rows].join('\n')
}
