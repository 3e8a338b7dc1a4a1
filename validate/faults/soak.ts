/** A long run of many short rounds: what the harness and its driver hold must not grow. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Growth, SoakFound } from './outcome.ts'
import { leftovers, Run } from './run.ts'

/** Milliseconds between two looks. */
const EVERY = 2_000

/** Growth from the second quarter to the last one that is no leak: V8 takes memory as it finds it. */
const MEMORY_ALLOWED = 32 * 2 ** 20
const COUNT_ALLOWED = 2

const QUANTITIES = ['memory', 'handles', 'threads', 'processes'] as const
type Sample = Record<(typeof QUANTITIES)[number], number> & { round: number }

/** @param pause a file: while it is there no further round begins, and that time does not count */
export async function soak(minutes: number, pause?: string): Promise<Omit<SoakFound, 'task' | 'seconds'>> {
  const run = new Run(['--quick', '--rounds', '100000', '--max-time', '24h'], pause ? { PAUSE: pause } : {})
  const samples: Record<Growth['process'], Sample[]> = { harness: [], driver: [] }
  const over = run.said(/never said/)
  let left = minutes * 60_000
  while (left > 0 && (await Promise.race([over, sleep(EVERY, true)]))) {
    if (pause && existsSync(pause)) continue
    left -= EVERY
    const round = Number([...run.stderr.matchAll(/round (\d+) of/g)].at(-1)?.[1] ?? 0)
    const pids = { harness: run.child.pid, driver: run.driver() }
    for (const name of ['harness', 'driver'] as const) {
      const sample = pids[name] && sampleOf(pids[name])
      if (sample) samples[name].push({ ...sample, round })
    }
  }
  run.child.kill('SIGINT')
  const { stderr, ...end } = await run.left()
  const growth = [...growthOf('harness', samples.harness), ...growthOf('driver', samples.driver)]
  const broken = [
    ...(left > 0 ? [`ended ${Math.round(left / 60_000)} minutes too soon, with code ${end.code}`] : []),
    ...growth
      .filter(it => it.broken)
      .map(it => `${it.quantity} of the ${it.process} grows: ${it.before} → ${it.after}`),
    ...leftovers(end),
  ]
  return {
    type: 'soak',
    minutes: minutes - left / 60_000,
    rounds: end.rounds,
    growth,
    broken,
    ...(broken.length > 0 && { stderr }),
  }
}

function growthOf(process: Growth['process'], samples: Sample[]): Growth[] {
  const quarter = Math.floor(samples.length / 4)
  const near = (round: number) => samples.filter(sample => Math.abs(sample.round - round) <= 2)
  return QUANTITIES.map(quantity => {
    const of = (part: Sample[]) => median(part.map(sample => sample[quantity]))
    const [before, after] = [of(samples.slice(quarter, 2 * quarter)), of(samples.slice(-quarter))]
    const allowed = quantity === 'memory' ? MEMORY_ALLOWED : COUNT_ALLOWED
    return {
      process,
      quantity,
      ...(near(10).length > 0 && { tenth: of(near(10)) }),
      ...(near(100).length > 0 && { hundredth: of(near(100)) }),
      before,
      after,
      broken: !(after - before <= allowed),
    }
  })
}

function sampleOf(pid: number): Omit<Sample, 'round'> | undefined {
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
