/**
 * Simulated machines, slice by slice: the conditions that medians of paired slices have to cope with.
 *
 * Both launches run in turn (A B B A …) on a machine whose speed wanders. It is autocorrelated from slice to slice, has a
 * trend over the round, and has bursts that slow single slices by half.
 */
import { ratiosOf } from '../../harness/analyze/ratios.ts'
import cpuMetrics from '../../harness/metrics/cpu.ts'
import type { Evidence, Sample } from '../../harness/model/evidence.ts'
import { normal, type Random } from '../../harness/stats/random.ts'

const SLICES = 48
const REQUESTS = 500

interface Machine {
  /** Autocorrelation of the log speed, from slice to slice. */
  autocorrelation: number
  /** Standard deviation of the log speed. */
  wander: number
  /** Log speed lost over a round. */
  trend: number
  /** Share of slow slices. */
  burst: number
}

export const MACHINES: Record<string, Machine> = {
  'autocorrelated slices (0.9, SD 10 %)': { autocorrelation: 0.9, wander: 0.1, trend: 0, burst: 0 },
  'drift of 20 % in every round': { autocorrelation: 0, wander: 0.03, trend: 0.2, burst: 0 },
  'bursts in 1 slice of 10': { autocorrelation: 0.5, wander: 0.05, trend: 0, burst: 0.1 },
}

/** Log-ratio of CPU per request of one round, by the code that reads real records. */
export function roundOn(machine: Machine, random: Random): number {
  const launches = [0.012 * normal(random), 0.012 * normal(random)]
  const columns: number[][] = [[], []]
  let speed = machine.wander * normal(random)
  for (let turn = 0; turn < 2 * SLICES; turn++) {
    const innovation = Math.sqrt(1 - machine.autocorrelation ** 2) * machine.wander
    speed = machine.autocorrelation * speed + innovation * normal(random)
    const side = turn % 4 === 0 || turn % 4 === 3 ? 0 : 1
    const slow = random() < machine.burst ? Math.log(1.5) : 0
    const log = launches[side]! + speed + slow + (machine.trend * turn) / (2 * SLICES)
    columns[side]!.push(REQUESTS * 100_000 * Math.exp(log))
  }
  const samples = [sampleOf('before', columns[0]!), sampleOf('after', columns[1]!)]
  return ratiosOf({ ...EVIDENCE, samples }, cpuMetrics[0]!, 'after', new Set()).ratios[0]!
}

const EVIDENCE: Evidence = {
  pairing: 'rounds',
  subjects: ['before', 'after'].map(id => ({ id, label: id })),
  baseline: 'before',
  samples: [],
  collectors: [],
  steps: [],
  drifting: [],
  referenced: false,
  findings: [],
}

const sampleOf = (subject: string, cpu: number[]): Sample => ({
  subject,
  round: 1,
  window: { duration: 0 },
  columns: { cpu, requests: cpu.map(() => REQUESTS) },
  histograms: {},
  collected: {},
})
