/** Known changes of one service, each in another resource, and what the collectors cost on two services. */
import { basename, join } from 'node:path'
import { bench } from '../../harness/bench.ts'
import type { Report } from '../../harness/model/report.ts'
import { thisWorld } from '../../harness/world.ts'
import type { Target } from './target.ts'

/** Rounds after which a function can be significant among hundreds; one of five variants takes a minute. */
const ROUNDS = 8

/** Milliseconds in which two rounds of them have time for every collector. */
const QUICK = 85_000

/** @param quick as many rounds as show the order of functions, without what the collectors cost */
export async function measureChanges(folder: string, quick: boolean, signal: AbortSignal): Promise<Target[]> {
  const run = (scenario: string, limits: { rounds: number; maxTime?: number }) =>
    bench({ scenario, ...limits, output: join(folder, basename(scenario)) }, thisWorld({ signal }))
  if (quick) return changeTargets(await run('changes', { rounds: 2, maxTime: QUICK }), quick)
  const changes = await run('changes', { rounds: ROUNDS })
  const other = await run('validate/profiles/hello.ts', { rounds: ROUNDS })
  return [...changeTargets(changes, quick), ...overheadTargets(changes), ...overheadTargets(other)]
}

function changeTargets({ analysis }: Report, quick: boolean): Target[] {
  const first = (variant: string, collector: string) =>
    analysis.frames.find(row => row.variant === variant && row.collector === collector)
  const found = (variant: string, collector: string, name: string): Target => {
    const row = first(variant, collector)
    const change = row
      ? `${row.function} ${(row.change.estimate * 100).toFixed(1)} %, p ${row.p?.toFixed(3)}`
      : 'none'
    return {
      what: `${variant}: ${name} is the first function of ${collector}${quick ? '' : ', and significant'}`,
      found: change,
      met: row?.function === name && (quick || row.significant),
    }
  }
  const verdicts = new Map((analysis.leaks ?? []).map(it => [it.variant, it]))
  const bytes = first('computes', 'allocation')
  return [
    found('computes', 'cpu', 'checksum'),
    {
      what: 'computes: its function is none of allocation',
      found: bytes ? `${bytes.function}, p ${bytes.p?.toFixed(3)}` : 'none',
      met: !(bytes?.function === 'checksum' && bytes.significant),
    },
    found('allocates', 'allocation', 'copyLines'),
    found('stalls', 'stalls', 'reindex'),
    {
      what: 'leaks: a leak, with the function that retains',
      found: `${verdicts.get('leaks')?.verdict}: ${verdicts.get('leaks')?.reason} ${verdicts.get('leaks')?.frames[0]?.function}`,
      met:
        verdicts.get('leaks')?.verdict === 'leak' &&
        verdicts
          .get('leaks')!
          .frames.slice(0, 3)
          .some(frame => frame.function === 'remember'),
    },
    {
      what: 'no other variant leaks; the one that allocates churns',
      found: [...verdicts.values()].map(({ variant, verdict }) => `${variant} ${verdict}`).join(', '),
      met:
        [...verdicts.values()].every(
          ({ variant, verdict }) => (variant === 'leaks') === (verdict === 'leak'),
        ) && verdicts.get('allocates')?.verdict === 'churn',
    },
  ]
}

/** Shown, and required to have an interval: what a collector costs is a property of the machine. */
function overheadTargets({ run, analysis }: Report): Target[] {
  const percent = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`
  return analysis.overheads.map(({ collector, change }) => ({
    what: `overhead of ${collector} on ${run.plan.scenario}, CPU per request`,
    found: change
      ? `${percent(change.estimate)} % (${percent(change.low)} … ${percent(change.high)})`
      : 'no interval',
    met: change !== null && Number.isFinite(change.low) && Number.isFinite(change.high),
  }))
}
