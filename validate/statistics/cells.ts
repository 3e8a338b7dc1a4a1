/** The rows of the tables: noise with a known truth, simulated machines, and rounds that were really measured. */
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { Random } from '../../harness/stats/random.ts'
import { HOSTILE, REALISTIC } from './noise.ts'
import { type Pool, readPools, replay } from './replays.ts'
import { MACHINES, roundOn } from './slices.ts'
import type { Round } from './trial.ts'

export interface Cell {
  name: string
  /** Whether the targets for power apply. */
  realistic: boolean
  /** The most gates that a round has values for. */
  gates: number
  /** Only replays have it. */
  roundSeconds?: number
  draw(random: Random, gates: number): Round
}

export const pools: Pool[] = readPools((await loadCapabilities()).metrics)

export const cells: Cell[] = [
  ...Object.entries({ ...REALISTIC, ...HOSTILE }).map(
    ([name, noise]): Cell => ({
      name,
      realistic: name in REALISTIC,
      gates: 12,
      draw: (random, gates) => Array.from({ length: gates }, () => noise(random)),
    }),
  ),
  ...Object.entries(MACHINES).map(
    ([name, machine]): Cell => ({
      name,
      realistic: false,
      gates: 1,
      draw: random => [roundOn(machine, random)],
    }),
  ),
  ...pools.map(
    (pool): Cell => ({
      name: `replay: ${pool.name} (${pool.rounds.length} rounds)`,
      realistic: true,
      roundSeconds: pool.roundSeconds,
      gates: Math.min(12, pool.rounds[0]?.length ?? 0),
      draw: (random, gates) => replay(pool, random).slice(0, gates),
    }),
  ),
]
