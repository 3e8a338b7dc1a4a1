/** A server faster than the generator must end as *loader-limited*; a slower generator must not change a ratio. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Report } from '../../harness/model/report.ts'
import type { Outcome } from './outcome.ts'
import { isApart, ROOT } from './service.ts'

const STATIC = join(import.meta.dirname, 'static.scenario.ts')

/** Percentage points that two estimates of one effect may lie apart. */
const APART = 0.02

export async function trap(rounds: number): Promise<Outcome[]> {
  const { analysis, verdict } = await flamegate([STATIC, '--rounds', '2'])
  const limited = analysis.findings.find(({ code }) => code === 'loader-saturated')
  const gate = verdict.gates.find(({ gate: { metric } }) => metric === 'throughput')
  const usual = await injected(rounds)
  const slow = await besides(() => injected(rounds))
  const difference = Math.abs(usual.estimate - slow.estimate)
  return [
    {
      what: 'a server faster than the generator',
      found: `${limited?.message ?? 'no finding'} Throughput: ${gate?.status}.`,
      target: 'finding loader-saturated, no verdict on throughput',
      passed: limited !== undefined && gate?.change === null,
    },
    {
      what: '5 % of injected work, usual generator and one at half speed',
      found: `${shown(usual)} and ${shown(slow)}`,
      target: `within ${APART * 100} points of each other`,
      passed: difference < APART,
    },
  ]
}

/** While something else takes half of the generator's processor. */
async function besides<T>(work: () => Promise<T>): Promise<T> {
  if (!isApart) return work()
  const hog = spawn('taskset', ['-c', '1', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  try {
    return await work()
  } finally {
    hog.kill('SIGKILL')
  }
}

async function injected(rounds: number) {
  const { analysis } = await flamegate(['injected', '--rounds', `${rounds}`])
  const change = analysis.comparisons.find(({ metric }) => metric === 'cpu.perRequest')?.change
  if (!change) throw new Error('CPU per request could not be compared.')
  return change
}

const shown = ({ estimate, low, high }: { estimate: number; low: number; high: number }) =>
  `${(estimate * 100).toFixed(1)} % (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`

async function flamegate(args: string[]): Promise<Pick<Report, 'analysis' | 'verdict'>> {
  const output = mkdtempSync(join(tmpdir(), 'flamegate-validate-'))
  try {
    // This process is pinned; the run must not inherit that.
    const [program, ...before] = isApart ? ['taskset', '-c', '0,1', process.execPath] : [process.execPath]
    const bin = join(ROOT, 'harness', 'bin.js')
    await execa(program!, [...before, bin, ...args, '--output', output], { cwd: ROOT, reject: false })
    const { conclude } = await import('../../harness/bench.ts')
    const { loadCapabilities } = await import('../../harness/capabilities.ts')
    const run = JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))
    return conclude(run, (await loadCapabilities()).metrics)
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}
