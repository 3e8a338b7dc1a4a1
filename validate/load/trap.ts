/** A server faster than the generator must be reported as such; a slower generator must not change a ratio. */
import { spawn } from 'node:child_process'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../harness/model/comparison.ts'
import { interval, signedPercent } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { isApart } from './service.ts'

const STATIC = join(import.meta.dirname, 'static.scenario.ts')

/** Two estimates of one effect can differ by this much. */
const APART = 0.02

export async function trap({ quick }: Context): Promise<Target[]> {
  const { findings, gates } = await run(STATIC, 2)
  const limited = findings.find(({ code }) => code === 'loader-saturated')
  const gate = gates.find(({ metric }) => metric === 'throughput')
  const rounds = quick ? 4 : 12
  const usual = await injected(rounds)
  const slow = await disturbed(() => injected(rounds))
  return [
    {
      name: 'a server faster than the generator',
      value: `${limited?.message ?? 'no finding'} Throughput: ${gate?.status}.`,
      bound: 'finding loader-saturated, no verdict on throughput',
      met: limited !== undefined && gate?.change === null,
    },
    {
      name: '5 % of injected work, usual generator and one at half speed',
      value: `${shown(usual)} and ${shown(slow)}`,
      bound: `at most ${APART * 100} points apart`,
      met: Math.abs(usual.estimate - slow.estimate) < APART,
    },
  ]
}

/** Works while another program takes half of the generator's processor. */
async function disturbed<T>(work: () => Promise<T>): Promise<T> {
  if (!isApart) return work()
  const hog = spawn('taskset', ['-c', '1', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  try {
    return await work()
  } finally {
    hog.kill('SIGKILL')
  }
}

async function injected(rounds: number): Promise<Change> {
  const { comparisons } = await run('injected', rounds)
  const change = comparisons.find(({ metric }) => metric === 'cpu.perRequest')?.change
  if (!change) throw new Error('CPU per request could not be compared.')
  return change
}

const shown = (change: Change) => `${signedPercent(change.estimate)} (${interval(change)})`

async function run(scenario: string, rounds: number) {
  using output = mkdtempDisposableSync(join(tmpdir(), 'flamegate-validate-'))
  // This process is pinned, and the run must not inherit that.
  const prefix = isApart ? ['taskset', '-c', '0,1'] : []
  return await flamegate([scenario, '--rounds', `${rounds}`, '--output', output.path], { prefix })
}
