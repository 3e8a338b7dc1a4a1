/** What the collectors cost in their own slices, on a service that computes and on one that waits. */
import type { Overhead } from '../../harness/model/report.ts'
import { interval, signedPercent } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { runAll, type WaitsResults } from './results.ts'

/** Largest cost by collector, as a share of CPU per request. */
const MOST: Record<string, number> = { waits: 0.1, 'off-cpu': 0.02, system: 0.03 }

interface Service {
  name: string
  scenario: string
}

const SERVICES: Service[] = [
  { name: 'hello', scenario: 'validate/waits/costs-hello.scenario.ts' },
  { name: 'shop', scenario: 'validate/waits/costs-shop.scenario.ts' },
]

const TIME = 120_000
const QUICK_TIME = 20_000

export async function* costs({ quick, signal }: Context, results: WaitsResults): AsyncGenerator<Target> {
  const items = SERVICES.slice(0, quick ? 1 : 2)
  const time = ['--max-time', `${quick ? QUICK_TIME : TIME}ms`]
  const lines = await runAll(
    {
      part: 'costs',
      items,
      runs: 1,
      measure: async ({ scenario }, output) => {
        const { overheads } = await flamegate([scenario, '--aa', ...time, '--output', output], { signal })
        return { overheads }
      },
      said: ({ name }, { overheads }) => `${name}: ${overheads.map(wordsOf).join(', ')}`,
    },
    results,
    signal,
  )
  yield* lines.flatMap(({ name, overheads }) =>
    Object.entries(MOST).map(([collector, most]) => targetOf(name, collector, most, overheads)),
  )
}

const wordsOf = ({ collector, change }: Overhead): string =>
  `${collector} ${change ? `${signedPercent(change.estimate)} (${interval(change)})` : 'unknown'}`

/** Met unless it surely costs more. */
function targetOf(service: string, collector: string, most: number, overheads: Overhead[]): Target {
  const found = overheads.find(it => it.collector === collector)
  return {
    name: `${service}: cost of ${collector}`,
    value: found ? wordsOf(found) : 'not measured (it needs bpftrace and root)',
    bound: `at most ${signedPercent(most)}`,
    met: found?.change != null && found.change.estimate <= most,
  }
}
