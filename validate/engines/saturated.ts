/**
 * A service that one generator is too weak for, and that four can load. Machines are weak here because each request takes the worker
 * some ms: this machine has too few processors for four generators that compute.
 */
import { join } from 'node:path'
import { counted } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { measureFar } from './far.ts'
import { install } from './installed.ts'

/** Milliseconds of an answer. The service gives one at a time, so 250 and 200 per second; a worker can send 160. */
const [BEFORE, AFTER] = [4, 5]

/** Virtual users of all workers. */
const USERS = 8
const AT_MOST = 1_000
const TIME = 60_000

interface Case {
  workers: number
  wanted: string
}

const CASES: Case[] = [
  { workers: 1, wanted: 'not comparable, because the generator is saturated' },
  { workers: 4, wanted: 'regressed' },
]

export async function* saturated({ quick, signal, folder }: Context): AsyncGenerator<Target> {
  if (quick) return
  const installed = install(true)
  try {
    for (const { workers, wanted } of CASES) {
      if (signal.aborted) return
      const name = counted(workers, 'weak worker')
      const far = {
        workers,
        users: USERS / workers,
        atMost: AT_MOST,
        services: { before: serviceOf(BEFORE), after: serviceOf(AFTER) },
        preloaded: Array.from({ length: workers }, () => 'weak-worker.js'),
        maxTime: TIME,
      }
      const { gates, findings } = await measureFar(far, installed, join(folder, name), signal)
      const isSaturated = findings.some(({ code }) => code === 'loader-saturated')
      const status = gates[0]?.status ?? 'unknown'
      const value = isSaturated ? `${status}, because the generator is saturated` : status
      yield { name, value, bound: wanted, met: value === wanted }
    }
  } finally {
    installed.remove()
  }
}

const serviceOf = (delay: number) => ({ DELAY: String(delay), AT_ONCE: '1' })
