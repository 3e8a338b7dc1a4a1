/** The settings under test, each as a change of the plan; the first one changes nothing. */
import type { Plan } from '../../harness/model/plan.ts'

type Change = (plan: Plan) => Plan

const timing =
  (changed: Partial<Plan['timing']>): Change =>
  plan => ({ ...plan, timing: { ...plan.timing, ...changed } })

const warmup =
  (requests: number, timeout: number): Change =>
  plan => ({ ...plan, warmup: { requests, timeout } })

const command =
  (rewrite: (words: string[]) => string[]): Change =>
  plan => ({
    ...plan,
    variants: plan.variants.map(variant => ({ ...variant, command: rewrite(variant.command) })),
  })

/** Node's options go between the program and its script. */
const nodeOptions = (...options: string[]): Change =>
  command(([node, ...rest]) => [node!, ...options, ...rest])

const bare: Change = plan => ({ ...plan, collectors: [] })

const both =
  (...changes: Change[]): Change =>
  plan =>
    changes.reduce((changed, change) => change(changed), plan)

const CHANGES: Record<string, Change> = {
  'as it is': plan => plan,
  'warm-up of 8,000 requests': warmup(8_000, 8_000),
  'warm-up of 24,000 requests': warmup(24_000, 8_000),
  'warm-up of 32,000 requests': warmup(32_000, 12_000),
  'timed half as long': timing({ timed: 500 }),
  'timed twice as long': timing({ timed: 2_000 }),
  'slices of 5 ms': timing({ slice: 5 }),
  'slices of 20 ms': timing({ slice: 20 }),
  'slices of 50 ms': timing({ slice: 50 }),
  'pause of 5 ms before each slice': timing({ pause: 5 }),
  'pause of 20 ms before each slice': timing({ pause: 20 }),
  'layout: no address space randomisation, one hash seed': both(
    nodeOptions('--hash-seed=1'),
    command(words => ['setarch', '-R', ...words]),
  ),
  'layout: young generation of 64 MB': nodeOptions('--max-semi-space-size=64', '--min-semi-space-size=64'),
  'threads: garbage is collected on the main thread alone': nodeOptions('--single-threaded-gc'),
}

export const SETTINGS: Record<string, Change> = Object.fromEntries(
  Object.entries(CHANGES).map(([name, change]) => [name, both(bare, change)]),
)
