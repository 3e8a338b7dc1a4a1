/** Known changes of one service, each in a different resource, and the cost of the collectors on two services. */
import { basename, join } from 'node:path'
import { bench } from '../../harness/bench.ts'
import type { FrameChange } from '../../harness/model/flame.ts'
import type { Report } from '../../harness/model/report.ts'
import { interval, signedPercent } from '../../harness/words/numbers.ts'
import { thisWorld } from '../../harness/world.ts'
import type { Context, Target } from '../experiment.ts'

/** After this many rounds a function can be significant among hundreds; one round of five variants takes a minute. */
const ROUNDS = 8

/** Milliseconds in which two rounds have time for every collector. */
const QUICK = 70_000

/** When quick: just enough rounds to rank functions, and no cost of collectors. */
export async function changes({ folder, quick, signal }: Context): Promise<Target[]> {
  const run = (scenario: string, limits: { rounds: number; maxTime?: number }) =>
    bench({ scenario, ...limits, output: join(folder, 'changes', basename(scenario)) }, thisWorld({ signal }))
  if (quick) return changeTargets(await run('changes', { rounds: 2, maxTime: QUICK }), quick)
  const report = await run('changes', { rounds: ROUNDS })
  const other = await run('validate/profiles/hello.ts', { rounds: ROUNDS })
  return [...changeTargets(report, quick), ...overheadTargets(report), ...overheadTargets(other)]
}

function changeTargets({ analysis }: Report, quick: boolean): Target[] {
  const first = (variant: string, collector: string) =>
    analysis.frames.find(row => row.variant === variant && row.collector === collector)
  const found = (variant: string, collector: string, name: string): Target => {
    const row = first(variant, collector)
    return {
      name: `${variant}: first function of ${collector}`,
      value: shown(row, signedPercent(row?.change.estimate ?? Number.NaN)),
      bound: `${name}${quick ? '' : ', significant'}`,
      met: row?.function === name && (quick || row.significant),
    }
  }
  const leaks = analysis.leaks ?? []
  const leak = leaks.find(({ variant }) => variant === 'leaks')
  const bytes = first('computes', 'allocation')
  return [
    found('computes', 'cpu', 'checksum'),
    {
      name: 'computes: first function of allocation',
      value: shown(bytes),
      bound: 'not checksum, which only computes',
      met: !(bytes?.function === 'checksum' && bytes.significant),
    },
    found('allocates', 'allocation', 'copyLines'),
    found('stalls', 'stalls', 'reindex'),
    {
      name: 'leaks: verdict',
      value: leak ? `${leak.verdict}: ${leak.reason} ${leak.frames[0]?.function ?? ''}` : 'none',
      bound: 'a leak, with remember among the first three functions',
      met: leak?.verdict === 'leak' && leak.frames.slice(0, 3).some(frame => frame.function === 'remember'),
    },
    {
      name: 'verdicts on memory',
      value: leaks.map(({ variant, verdict }) => `${variant} ${verdict}`).join(', '),
      bound: 'no other variant leaks, and allocates churns',
      met:
        leaks.every(({ variant, verdict }) => (variant === 'leaks') === (verdict === 'leak')) &&
        leaks.some(({ variant, verdict }) => variant === 'allocates' && verdict === 'churn'),
    },
  ]
}

function shown(row: FrameChange | undefined, change = ''): string {
  if (!row) return 'none'
  const p = row.p === null ? 'too few rounds for a p value' : `p ${row.p.toFixed(3)}`
  return [row.function, change, p].filter(Boolean).join(', ')
}

/** The cost of a collector depends on the machine, so it only has to have an interval. */
function overheadTargets({ run, analysis }: Report): Target[] {
  return analysis.overheads.map(({ collector, change }) => ({
    name: `overhead of ${collector} on ${run.plan.scenario}, CPU per request`,
    value: change ? `${signedPercent(change.estimate)} (${interval(change)})` : '–',
    bound: 'an interval',
    met: change !== null && Number.isFinite(change.low) && Number.isFinite(change.high),
  }))
}
